import { expect, test } from 'vitest'
import { resolveConfig } from '../method.ts'
import { clusterers } from './index.ts'

const presets = clusterers.flatMap((method) =>
  Object.keys(method.presets).map((name) => [method.name, name] as const),
)

test.each(presets)(
  'the settings of %s, preset %s, are valid and differ from those of the other presets',
  (name, preset) => {
    const method = clusterers.find((c) => c.name === name)!
    const settings = resolveConfig(method, { clusters: 3 }, preset)
    for (const other of Object.keys(method.presets))
      if (other !== preset) expect(resolveConfig(method, { clusters: 3 }, other)).not.toEqual(settings)
    expect(method.presets[preset].summary).toMatch(/\.$/)
  },
)
