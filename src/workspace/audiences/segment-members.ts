/** Who is in a segment: the users of a cluster of a saved clustering. */
import { fail } from '../../errors.ts'
import { requireFamily } from '../families.ts'
import type { Workspace } from '../workspace.ts'

/** Segment `s<k>` of a segmentation in its version in service. @throws UNKNOWN_NAME for one that is not there. */
export async function segmentMembers(
  workspace: Workspace,
  segmentation: string,
  segment: string,
): Promise<{
  readonly members: readonly string[]
  readonly space: { readonly name: string; readonly version: number }
  readonly upTo: number
}> {
  const model = await workspace.loadModel(segmentation)
  const { clusters, ids } = requireFamily(model, 'cluster') as { clusters: number; ids: boolean }
  if (!ids) {
    throw fail('ARGUMENT', {
      what: `the segments of ${segmentation}`,
      expected: 'a clustering of rows with ids',
      got: 'one without',
    })
  }
  const names = Array.from({ length: clusters }, (_, label) => `s${label + 1}`)
  const label = names.indexOf(segment)
  if (label < 0) throw fail('UNKNOWN_NAME', { kind: 'segment', name: segment, known: names })
  const labels = model.tensors['labels'].data as Int32Array
  const upTo = (model.data as { events?: { upTo?: number } } | undefined)?.events?.upTo ?? 0
  return {
    members: model.users.filter((_, row) => labels[row] === label),
    space: { name: segmentation, version: model.version },
    upTo,
  }
}
