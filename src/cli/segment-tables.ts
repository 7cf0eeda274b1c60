/** Segments as tables for people. */
import type { Profile } from '../audience/profile.ts'
import type { Choice, Quality } from '../audience/segment.ts'
import { decimal, grouped } from '../evaluate/numbers.ts'
import type { Table } from '../evaluate/table.ts'
import { membersOf, nameOf, type Shown } from '../workspace/segmentation-views.ts'

/** Findings that are shown of each kind. */
const SHOWN = 15

export function choiceTable({ chosen, tried }: Choice): Table {
  return {
    title: `Choosing K by silhouette: ${chosen}`,
    header: ['K', 'silhouette', 'modularity', 'stability'],
    rows: tried.map(({ clusters, silhouette, modularity, stability }) => [
      `${clusters}${clusters === chosen ? ' *' : ''}`,
      ...[silhouette, modularity, stability].map(optional),
    ]),
  }
}

export function qualityTable({ silhouette, modularity, stability, balance }: Quality): Table {
  const what =
    stability &&
    `ARI with ${stability.runs} ${stability.over === 'seeds' ? 'other seeds' : 'bootstrap samples'}`
  return {
    title: 'Quality',
    header: ['measure', 'value'],
    rows: [
      ['silhouette', optional(silhouette)],
      ['modularity of the graph of 10 nearest neighbours', optional(modularity)],
      ...(stability ? [[`stability: ${what}`, decimal(stability.ari)]] : []),
      ['balance', decimal(balance)],
    ],
  }
}

export function segmentTable(shown: Shown): Table {
  const { segmentation } = shown
  const { segments, stabilities, profiles, ids } = segmentation
  return {
    title: 'Segments',
    header: ['id', 'name', 'users', 'share', 'stability', 'apart by'],
    rows: segments.map((segment, place) => {
      const size = membersOf(shown, place).length
      return [
        segment.id,
        nameOf(shown, segment),
        grouped(size),
        percent(size / ids.size),
        optional(stabilities[place]),
        topOf(profiles[place]),
      ]
    }),
  }
}

function topOf({ attributes, items }: Profile): string {
  const found = [
    ...attributes.map(({ attribute, value, lift }) => `${attribute} ${value} × ${lift.toFixed(1)}`),
    ...items.map(({ title, lift }) => `${title} × ${lift.toFixed(1)}`),
  ]
  return found.length === 0 ? 'nothing significant' : found.slice(0, 3).join(', ')
}

/** What is over-represented: attributes, then items. */
export function profileTables({ attributes, items }: Profile): Table[] {
  const header = ['members', 'share', 'everybody', 'lift', 'q']
  const figures = ({
    count,
    share,
    base,
    lift,
    q,
  }: Profile['attributes'][number] | Profile['items'][number]) => [
    grouped(count),
    percent(share),
    percent(base),
    lift.toFixed(2),
    small(q),
  ]
  return [
    {
      title: `Attributes that are over-represented: ${attributes.length}`,
      header: ['attribute', 'value', ...header],
      rows: attributes.slice(0, SHOWN).map((each) => [each.attribute, each.value, ...figures(each)]),
    },
    {
      title: `Items that are over-represented: ${items.length}`,
      header: ['item', 'title', ...header],
      rows: items.slice(0, SHOWN).map((each) => [each.item, each.title, ...figures(each)]),
    },
  ].filter(({ rows }) => rows.length > 0)
}

export function numbersTable({ numbers }: Profile): Table[] {
  if (numbers.length === 0) return []
  return [
    {
      title: 'Numbers',
      header: ['attribute', 'mean', 'everybody', 'a member has the larger one', 'q'],
      rows: numbers.map(({ attribute, mean, baseMean, larger, q }) => [
        attribute,
        optional(mean),
        decimal(baseMean),
        larger === null ? 'n/a' : percent(larger),
        small(q),
      ]),
    },
  ]
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`
}

function small(q: number): string {
  return q === 0 ? '< 1e-300' : q < 0.001 ? q.toExponential(0) : q.toFixed(3)
}

function optional(value: number | null): string {
  return value === null ? 'n/a' : decimal(value)
}
