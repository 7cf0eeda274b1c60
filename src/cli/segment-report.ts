/** Segments for people: all of a version, or one. */
import type { Profile } from '../audience/profile.ts'
import { membersOf, nameOf, placeOf, type Shown } from '../workspace/segmentation-views.ts'
import { decimal } from '../evaluate/numbers.ts'
import type { SegmentationStart } from '../workspace/segmentations.ts'
import { type Context, kernelsInUse, type Output } from './context.ts'
import { choiceTable, numbersTable, profileTables, qualityTable, segmentTable } from './segment-tables.ts'
import { type ReportFiles, type Sheet, sheetText, writeReports } from './sheet.ts'
import { counted } from './text.ts'

/** All segments of a version, on the screen and in the files that flags name. */
export async function reportSegments(
  context: Context,
  command: string,
  flags: ReportFiles,
  shown: Shown,
): Promise<Output> {
  const { segmentation } = shown
  const { name, version, created, space, method, seed, config, quality, choice, since, start, comparisons } =
    segmentation
  const profiles = segmentation.segments.map(({ id }, place) => ({
    id,
    name: nameOf(shown, segmentation.segments[place]),
    ...segmentation.profiles[place],
  }))
  const value = {
    command,
    segmentation: name,
    version,
    created,
    space,
    method,
    seed,
    config,
    quality,
    choice,
    since,
    start,
    comparisons,
    segments: profiles.map((profile, place) => ({
      ...profile,
      size: membersOf(shown, place).length,
      stability: segmentation.stabilities[place],
    })),
  }
  const changes = since?.changes.map(
    ({ kind, segments, into }) =>
      `${kind}: ${[segments, into]
        .map((ids) => ids.join(', '))
        .filter((ids) => ids !== '')
        .join(' → ')}`,
  )
  const sheet: Sheet = {
    settings: {
      title: `${name}, version ${version}: ${counted(segmentation.segments.length, 'segment')} of ${counted(segmentation.ids.size, 'user')}`,
      split: `none: all users that ${space.name}${space.version > 0 ? `, version ${space.version},` : ''} has vectors of`,
      seeds: [seed],
    },
    report: null,
    tables: [...(choice ? [choiceTable(choice)] : []), qualityTable(quality), segmentTable(shown)],
    facts: [
      `Method ${method}, settings ${JSON.stringify(config)}, seed ${seed}.`,
      `Profiles tell of what has q ≤ 0.05 by Benjamini–Hochberg over ${counted(comparisons, 'comparison')}.`,
      ...(since
        ? [
            `Since version ${since.version}: ${changes!.length === 0 ? 'the same segments' : changes!.join('; ')}.`,
          ]
        : []),
      ...(start ? [startFact(start)] : []),
      `${kernelsInUse()}.`,
    ],
    warnings: context.warnings,
  }
  await writeReports(flags, sheet, value)
  return context.answer(value, sheetText(sheet))
}

function startFact(start: SegmentationStart): string {
  if ('reason' in start) return `Begun from fresh seeds: ${start.reason}.`
  const { from, kept, warm, cold } = start
  const values = `${decimal(warm)} from there, ${decimal(cold)} from fresh seeds`
  return kept
    ? `Begun where version ${from} was (${values}).`
    : `Begun from fresh seeds, which are clearly better than where version ${from} was (${values}).`
}

/** One segment with what sets it apart. */
export function showSegment(context: Context, shown: Shown, id: string): Output {
  const { segmentation } = shown
  const place = placeOf(shown, id)
  const profile: Profile = segmentation.profiles[place]
  const segment = segmentation.segments[place]
  const rows = membersOf(shown, place)
  const typical = Array.from(rows.subarray(0, 10), (row) => segmentation.ids.id(row))
  const value = {
    command: 'segments show',
    segmentation: segmentation.name,
    version: segmentation.version,
    id,
    name: nameOf(shown, segment),
    proposedName: segment.proposedName,
    size: rows.length,
    typical,
    ...profile,
  }
  const sheet: Sheet = {
    settings: {
      title: `${id}: ${nameOf(shown, segment)}`,
      split: `${counted(rows.length, 'member')} of ${counted(segmentation.ids.size, 'user')} in ${segmentation.name}, version ${segmentation.version}`,
      seeds: [segmentation.seed],
    },
    report: null,
    tables: [...profileTables(profile), ...numbersTable(profile)],
    facts: [`Typical members: ${typical.join(', ')}.`],
    warnings: [],
  }
  return context.answer(value, sheetText(sheet))
}
