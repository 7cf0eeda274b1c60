/** Where the service finds what requests for audiences name. */
import type { Space } from '../audience/space.ts'
import { Vocabulary } from '../data/vocabulary.ts'
import type { AudienceSources } from '../workspace/audiences/build.ts'
import { loadSpace } from '../workspace/spaces.ts'
import type { Service } from './service.ts'

/** Spaces that are kept in memory: the one in service and one that somebody looks at beside it. */
const KEPT = 2

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

  /** `service`, or the name of a saved model. Kept until there is another version, or somebody more is erased. */
  async space(name: string): Promise<Space> {
    const service = name === 'service'
    const model = service ? this.#service.name : name
    const version = service ? this.#service.need().version : await this.workspace.currentVersion(model)
    const erased = await this.#service.store.entities.erasedSince(0)
    const key = JSON.stringify([model, version, erased.length, erased.reduce((sum, { seq }) => sum + seq, 0)])
    const space = this.#spaces.get(key) ?? this.#load(model, version)
    this.#spaces.delete(key)
    this.#spaces.set(key, space)
    for (const old of this.#spaces.keys()) if (this.#spaces.size > KEPT) this.#spaces.delete(old)
    space.catch(() => this.#spaces.delete(key))
    return space
  }

  async #load(model: string, version: number | undefined): Promise<Space> {
    const space = await loadSpace(this.workspace, model, 'user', version)
    const erased = await this.erased(0)
    return without(space, erased)
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

function without(space: Space, gone: ReadonlySet<string>): Space {
  const { ids, dim, data } = space
  if (![...gone].some((id) => ids.row(id) >= 0)) return space
  const rows = Array.from({ length: ids.size }, (_, row) => row).filter((row) => !gone.has(ids.id(row)))
  const kept = new Float32Array(rows.length * dim)
  rows.forEach((row, r) => kept.set(data.subarray(row * dim, (row + 1) * dim), r * dim))
  return { ...space, ids: Vocabulary.from(rows.map((row) => ids.id(row))), data: kept }
}
