/** Where the service finds what requests for audiences name. */
import type { Space } from '../audience/space.ts'
import { ATTRIBUTES, resolveSpace, SERVICE } from '../jobs/spaces.ts'
import type { AudienceSources } from '../workspace/audiences/build.ts'
import type { Service } from './service.ts'

/** Spaces that are kept in memory: the one in service and one that somebody looks at beside it. */
const KEPT = 2
const NEVER = new AbortController().signal

export class ServiceSources implements AudienceSources {
  readonly #service: Service
  /** The one used last at the end. */
  readonly #spaces = new Map<string, Promise<Space>>()
  readonly #activity = new WeakMap<Space, Float32Array>()

  constructor(service: Service) {
    this.#service = service
  }

  get workspace() {
    return this.#service.workspace
  }

  /** As {@link resolveSpace} has it. Vectors of models are kept until there is another version, or somebody more is erased. */
  async space(name: string): Promise<Space> {
    if (name === SERVICE) this.#service.need()
    const { store, name: served } = this.#service
    const model = name === SERVICE ? served : name
    const load = (): Promise<Space> =>
      resolveSpace({ store, workspace: this.workspace, model: served, signal: NEVER }, name, 'user')
    if (name === ATTRIBUTES) return load()
    const { version, created } = await this.workspace.findModel(model)
    const erased = await store.entities.erasedSince(0)
    const gone = [erased.length, erased.reduce((sum, { seq }) => sum + seq, 0)]
    const key = JSON.stringify([model, version, created, gone])
    const space = this.#spaces.get(key) ?? load()
    this.#spaces.delete(key)
    this.#spaces.set(key, space)
    for (const old of this.#spaces.keys()) if (this.#spaces.size > KEPT) this.#spaces.delete(old)
    space.catch(() => this.#spaces.delete(key))
    return space
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
