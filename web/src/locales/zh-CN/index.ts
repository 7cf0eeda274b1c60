import common from './common.json' with { type: 'json' }
import explorer from './explorer.json' with { type: 'json' }
import imports from './import.json' with { type: 'json' }
import jobs from './jobs.json' with { type: 'json' }
import lookalikes from './lookalikes.json' with { type: 'json' }
import map from './map.json' with { type: 'json' }
import models from './models.json' with { type: 'json' }
import overview from './overview.json' with { type: 'json' }
import segments from './segments.json' with { type: 'json' }

export default { common, overview, map, segments, lookalikes, explorer, models, jobs, import: imports }
