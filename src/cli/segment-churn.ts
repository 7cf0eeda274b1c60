/** `homophily segments churn`: who moved between two versions. */
import { csvField } from '../data/csv-field.ts'
import { nameOf, Segmentations, type Shown } from '../workspace/segmentation-views.ts'
import { groupingOf } from '../workspace/segmentations.ts'
import { openWorkspace } from '../workspace/workspace.ts'
import type { Context, Output } from './context.ts'
import { checkTargets, writePieces } from './files.ts'
import { withStore } from './segment-input.ts'
import { columns, counted } from './text.ts'

export interface ChurnFlags {
  readonly workspace: string
  readonly segmentation: string
  readonly database?: string
  readonly from?: number
  readonly to?: number
  readonly out?: string
}

export async function churn(context: Context, flags: ChurnFlags): Promise<Output> {
  await checkTargets(flags.out)
  const workspace = await openWorkspace(flags.workspace)
  return withStore(workspace, flags.database, async (store) => {
    const segmentations = new Segmentations(workspace, store)
    const { before, after } = await segmentations.pair(flags.segmentation, flags.from, flags.to)
    const found = await segmentations.churn({ before, after })
    if (flags.out !== undefined) {
      const rows = await segmentations.rowsIn(before.segmentation, after.segmentation)
      await writePieces(flags.out, moverLines(before, after, rows))
    }
    const names = new Map(
      [before, after].flatMap((shown) =>
        shown.segmentation.segments.map((each) => [each.id, nameOf(shown, each)]),
      ),
    )
    const label = (id: string | null): string => (id === null ? '–' : `${id} ${names.get(id)}`)
    const moves = found.flows.filter(({ from, to }) => from !== to)
    const { version: from } = before.segmentation
    const { version: to } = after.segmentation
    const { shared, arrived, left, moved, stayed } = found
    const text = [
      `${flags.segmentation}, version ${from} → ${to}: of ${counted(shared, 'user')} of both ${counted(moved, 'moved', 'moved')} and ${counted(stayed, 'stayed', 'stayed')}; ${counted(arrived, 'user')} new, ${counted(left, 'user')} gone.`,
      ...found.changes.map(
        ({ kind, segments, into }) =>
          `${kind}: ${segments.join(', ')}${segments.length > 0 && into.length > 0 ? ' → ' : ''}${into.join(', ')}`,
      ),
      columns(
        [
          ['from', 'to', 'users'],
          ...moves.map((each) => [label(each.from), label(each.to), String(each.count)]),
        ],
        [true, true, false],
      ).trimEnd(),
    ]
    return context.answer({ command: 'segments churn', from, to, ...found }, `${text.join('\n')}\n`)
  })
}

/** Users of both versions who are in another segment now. */
function* moverLines(before: Shown, after: Shown, rows: Int32Array): Generator<string> {
  const [old, now] = [groupingOf(before.segmentation), groupingOf(after.segmentation)]
  yield 'id,from,to\n'
  for (let row = 0; row < rows.length; row++) {
    if (rows[row] < 0 || before.erased.has(row) || after.erased.has(rows[row])) continue
    const [from, to] = [old.segments[old.labels[row]], now.segments[now.labels[rows[row]]]]
    if (from !== to) yield `${csvField(old.ids.id(row))},${from},${to}\n`
  }
}
