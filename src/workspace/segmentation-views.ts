/** Segmentations in memory: loaded when they are asked for, and kept for a while. */
import { churnOf, type Churn, countFlows, sharedRows } from '../audience/flows.ts'
import { fail } from '../errors.ts'
import { Kept } from './kept.ts'
import type { Store } from './store/store.ts'
import {
  groupingOf,
  isSegmentation,
  loadSegmentation,
  type Segmentation,
  segmentationVersions,
  segmentNames,
  type SegmentRecord,
} from './segmentations.ts'
import type { Workspace } from './workspace.ts'

const BUILD = 'Build one: POST /v1/jobs with {"kind": "segment"}, or `homophily segments build`.'
/** Versions that are kept. */
const KEPT = 4

/** A segmentation without whoever was erased since. */
export interface Shown {
  readonly segmentation: Segmentation
  /** Rows of users who must not be shown. */
  readonly erased: ReadonlySet<number>
  /** Names that people gave. */
  readonly names: ReadonlyMap<string, string>
}

export class Segmentations {
  readonly #workspace: Workspace
  readonly #store: Store | null
  readonly #loaded = new Kept<Segmentation>(KEPT)
  readonly #shared = new WeakMap<Segmentation, WeakMap<Segmentation, Promise<Int32Array>>>()

  /** Without a store nobody was erased. */
  constructor(workspace: Workspace, store: Store | null) {
    this.#workspace = workspace
    this.#store = store
  }

  /** @throws MISSING where there is none of that name, UNKNOWN_NAME for a version that is not there. */
  async show(name: string, version?: number): Promise<Shown> {
    if (version === undefined && (await this.#workspace.currentVersion(name)) === undefined) {
      throw fail('MISSING', {
        what: `there is no segmentation ${JSON.stringify(name)} in service`,
        todo: BUILD,
      })
    }
    const found = await this.#workspace.findModel(name, version)
    if (!isSegmentation(found.data)) {
      throw fail('ARGUMENT', {
        what: 'segmentation',
        expected: 'the name of one',
        got: `another model, ${name}`,
      })
    }
    const key = JSON.stringify([name, found.version, found.created])
    const segmentation = await this.#loaded.get(key, () =>
      loadSegmentation(this.#workspace, name, found.version),
    )
    return {
      segmentation,
      erased: await this.#erasedRows(segmentation),
      names: await segmentNames(this.#workspace, name),
    }
  }

  async #erasedRows({ ids, upTo }: Segmentation): Promise<ReadonlySet<number>> {
    const erased = (await this.#store?.entities.erasedSince(upTo)) ?? []
    const rows = erased.filter(({ kind }) => kind === 'user').map(({ id }) => ids.row(id))
    return new Set(rows.filter((row) => row >= 0))
  }

  /**
   * The two versions of a comparison: `to` is by default the one in service, `from` the one before it.
   *
   * @throws MISSING where there is no version before.
   */
  async pair(name: string, from?: number, to?: number): Promise<{ before: Shown; after: Shown }> {
    const after = await this.show(name, to)
    const { version } = after.segmentation
    const versions = (await segmentationVersions(this.#workspace, name)).map((each) => each.version)
    const earlier = from ?? versions.filter((each) => each < version).at(-1)
    if (earlier === undefined) {
      throw fail('MISSING', {
        what: `${name} has no version before version ${version}`,
        todo: `To compare with another: ${BUILD}`,
      })
    }
    return { before: await this.show(name, earlier), after }
  }

  async churn({ before, after }: { before: Shown; after: Shown }): Promise<Churn> {
    const rows = await this.rowsIn(before.segmentation, after.segmentation)
    const [b, a] = [groupingOf(before.segmentation), groupingOf(after.segmentation)]
    return churnOf(b, a, countFlows(b, a, rows, { before: before.erased, after: after.erased }))
  }

  /** The row in `after` of each row of `before`, found once, giving way to other requests. */
  rowsIn(before: Segmentation, after: Segmentation): Promise<Int32Array> {
    const known = this.#shared.get(before) ?? new WeakMap<Segmentation, Promise<Int32Array>>()
    this.#shared.set(before, known)
    const rows = known.get(after) ?? inTurns(sharedRows(before.ids, after.ids))
    known.set(after, rows)
    return rows
  }
}

async function inTurns<T>(job: Generator<void, T, void>): Promise<T> {
  for (;;) {
    const step = job.next()
    if (step.done) return step.value
    await new Promise((resolve) => setImmediate(resolve))
  }
}

/** What a segment is called: by people, else as it was first found. */
export function nameOf({ names }: Shown, { id, name }: SegmentRecord): string {
  return names.get(id) ?? name
}

/** The place of a segment in the list. @throws UNKNOWN_NAME for an id that this version does not have. */
export function placeOf({ segmentation }: Shown, id: string): number {
  const { segments, name, version } = segmentation
  const place = segments.findIndex((segment) => segment.id === id)
  if (place >= 0) return place
  const known = segments.map((segment) => segment.id)
  throw fail('UNKNOWN_NAME', { kind: `segment of ${name}, version ${version},`, name: id, known })
}

/** The rows of a segment's members who may be shown, the nearest to the middle first. */
export function membersOf({ segmentation, erased }: Shown, place: number): Int32Array {
  const members = segmentation.members[place]
  return erased.size === 0 ? members : members.filter((row) => !erased.has(row))
}
