/** Who is in a segment. */
import { fail } from '../../errors.ts'
import { isSegmentation, loadSegmentation } from '../segmentations.ts'
import type { Workspace } from '../workspace.ts'

export interface SegmentMembers {
  /** The nearest to the middle of the segment first. */
  readonly members: readonly string[]
  /** The segmentation. */
  readonly space: { readonly name: string; readonly version: number }
  /** The last event before the segmentation was made. */
  readonly upTo: number
}

/**
 * A segment of a segmentation in its version in service.
 *
 * @throws UNKNOWN_NAME for one that is not there, or not any more; ARGUMENT for a model that is no segmentation.
 */
export async function segmentMembers(
  workspace: Workspace,
  segmentation: string,
  segment: string,
): Promise<SegmentMembers> {
  const found = await workspace.findModel(segmentation)
  if (!isSegmentation(found.data)) {
    const got = `another model, ${segmentation}`
    throw fail('ARGUMENT', { what: 'segmentation', expected: 'the name of one', got })
  }
  const { version, ids, segments, members, upTo } = await loadSegmentation(
    workspace,
    segmentation,
    found.version,
  )
  const known = segments.map(({ id }) => id)
  const at = known.indexOf(segment)
  if (at < 0) throw fail('UNKNOWN_NAME', { kind: 'segment', name: segment, known })
  return {
    members: Array.from(members[at], (row) => ids.id(row)),
    space: { name: segmentation, version },
    upTo,
  }
}
