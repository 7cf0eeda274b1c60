/** Where the service finds what requests for audiences name. */
import type { Space } from '../audience/space.ts'
import { ATTRIBUTES, resolveSpace, SERVICE } from '../jobs/spaces.ts'
import { type Audience, findAudience, loadAudience } from '../workspace/audiences/audience.ts'
import type { AudienceSources } from '../workspace/audiences/build.ts'
import { Kept } from '../workspace/kept.ts'
import type { Service } from './service.ts'

/** Spaces that are kept in memory: the one in service and one that somebody looks at beside it. As many audiences. */
const KEPT = 2
const NEVER = new AbortController().signal

export class ServiceSources implements AudienceSources {
  readonly #service: Service
  readonly #spaces = new Kept<Space>(KEPT)
  readonly #audiences = new Kept<Audience>(KEPT)
  readonly #activity = new WeakMap<Space, Float32Array>()

  constructor(service: Service) {
    this.#service = service
  }

  get workspace() {
    return this.#service.workspace
  }

  /** As {@link resolveSpace} has it: kept until there is another version, somebody more is erased, or attributes change. */
  async space(name: string): Promise<Space> {
    if (name === SERVICE) this.#service.need()
    const { store, name: served } = this.#service
    const model = name === SERVICE ? served : name
    const load = (): Promise<Space> =>
      resolveSpace({ store, workspace: this.workspace, model: served, signal: NEVER }, name, 'user')
    if (name === ATTRIBUTES) {
      const mark = await store.entities.mark('user')
      return mark === null ? load() : this.#spaces.get(JSON.stringify([ATTRIBUTES, mark]), load)
    }
    const { version, created } = await this.workspace.findModel(model)
    const erased = await store.entities.erasedSince(0)
    const gone = [erased.length, erased.reduce((sum, { seq }) => sum + seq, 0)]
    return this.#spaces.get(JSON.stringify([model, version, created, gone]), load)
  }

  /** Kept until it is made anew. */
  async audience(id: string): Promise<Audience> {
    const { version, created } = await findAudience(this.workspace, id)
    const key = JSON.stringify([id, version, created])
    return this.#audiences.get(key, () => loadAudience(this.workspace, id, version))
  }

  /** Items that each user had when the model in service was trained. */
  activity(space: Space): Float32Array | null {
    const known = this.#activity.get(space)
    if (known) return known
    const interactions = this.#service.live?.model.interactions
    if (!interactions) return null
    const { users, matrix } = interactions
    const activity = Float32Array.from(space.ids, (id) => {
      const row = users.row(id)
      return row < 0 ? 0 : matrix.degree(row)
    })
    this.#activity.set(space, activity)
    return activity
  }

  async erased(upTo: number): Promise<ReadonlySet<string>> {
    const list = await this.#service.store.entities.erasedSince(upTo)
    return new Set(list.filter(({ kind }) => kind === 'user').map(({ id }) => id))
  }

  upTo(): Promise<number> {
    return this.#service.store.events.last()
  }
}
