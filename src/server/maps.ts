/** The maps that were asked for last, ready to send. */
import { boundsOf } from '../audience/map.ts'
import { loadMap, type LoadedMap } from '../workspace/maps.ts'
import { Kept } from '../workspace/kept.ts'
import type { Store } from '../workspace/store/store.ts'
import type { Workspace } from '../workspace/workspace.ts'

/** A map without whoever was erased since. */
export interface ShownMap extends LoadedMap {
  readonly bounds: readonly number[]
  /** Another for every other content. */
  readonly etag: string
  /** Coordinates, little-endian float32. */
  readonly points: Uint8Array
  /** `{"ids": […]}` */
  readonly idsText: Uint8Array
}

const KEPT = 8

export class Maps {
  readonly #workspace: Workspace
  readonly #store: Store
  readonly #shown = new Kept<ShownMap>(KEPT)

  constructor(workspace: Workspace, store: Store) {
    this.#workspace = workspace
    this.#store = store
  }

  /** @throws UNKNOWN_NAME for a map or version that is not there. */
  async get(name: string, version?: number): Promise<ShownMap> {
    const number = version ?? (await this.#workspace.currentVersion(name))
    const erased = await this.#store.entities.erasedSince(0)
    const last = Math.max(0, ...erased.map(({ seq }) => seq))
    const key = `${name}-${number}-${erased.length}-${last}`
    return this.#shown.get(key, async () => {
      const map = await loadMap(this.#workspace, name, number)
      const kind = map.of === 'users' ? 'user' : 'item'
      const gone = erased.filter((erasure) => erasure.kind === kind && erasure.seq >= map.upTo)
      return show(without(map, new Set(gone.map(({ id }) => id))), key)
    })
  }
}

function without(map: LoadedMap, gone: ReadonlySet<string>): LoadedMap {
  if (!map.ids.some((id) => gone.has(id))) return map
  const rows = map.ids.map((_, row) => row).filter((row) => !gone.has(map.ids[row]))
  const coordinates = new Float32Array(2 * rows.length)
  rows.forEach((row, r) => coordinates.set(map.coordinates.subarray(2 * row, 2 * row + 2), 2 * r))
  return { ...map, ids: rows.map((row) => map.ids[row]), coordinates }
}

function show(map: LoadedMap, key: string): ShownMap {
  const { ids, coordinates } = map
  return {
    ...map,
    bounds: ids.length === 0 ? [0, 0, 0, 0] : boundsOf(coordinates),
    etag: `"${key}"`,
    points: littleEndian(coordinates),
    idsText: new TextEncoder().encode(JSON.stringify({ ids })),
  }
}

/** The bytes of numbers, least significant first: those in memory, on every machine that this runs on but the rarest. */
export function littleEndian(numbers: Float32Array): Uint8Array {
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1)
    return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength)
  const view = new DataView(new ArrayBuffer(numbers.byteLength))
  numbers.forEach((value, i) => view.setFloat32(4 * i, value, true))
  return new Uint8Array(view.buffer)
}
