/** What is more, or less, frequent in a segment than among everybody: a table whose cells are the chart. */
import { Button, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format.ts'
import { segmentColour } from './colour.ts'
import { Wide } from '../../ui/wide.tsx'

export interface LiftRow {
  /** What is counted; in words. */
  readonly name: string
  /** The share of the segment, and of everybody. */
  readonly share: number
  readonly base: number
  readonly lift: number
  /** The share of such findings that chance would explain. */
  readonly q: number
}

const SHOWN = 10
/** Above this share of false discoveries, a difference may be chance. */
export const SIGNIFICANT = 0.05
/** Lifts are drawn between an eighth and eight times. */
const MOST_DOUBLINGS = 3

export function LiftTable({
  id,
  caption,
  rows,
}: {
  readonly id: string
  readonly caption: string
  readonly rows: readonly LiftRow[]
}) {
  const { t } = useTranslation('segments')
  const { share, fixed } = useFormat()
  const [all, setAll] = useState(false)
  // Where nothing is less frequent than usual, bars have all the room.
  const middle = rows.some(({ lift }) => lift < 1) ? 50 : 0
  return (
    <>
      <Wide label={caption}>
        <Table verticalSpacing={6} className="figures" horizontalSpacing="xs" miw={520}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('lift.what')}</Table.Th>
              <Table.Th>{t('lift.lift')}</Table.Th>
              <Table.Th ta="right">{t('lift.share')}</Table.Th>
              <Table.Th ta="right">{t('lift.base')}</Table.Th>
              <Table.Th ta="right">{t('lift.q')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.slice(0, all ? rows.length : SHOWN).map((row) => {
              const chance = row.q > SIGNIFICANT
              return (
                <Table.Tr key={row.name} {...(chance ? { c: 'dimmed' } : {})}>
                  <Table.Td miw={120} className="id">
                    {row.name}
                  </Table.Td>
                  <Table.Td miw={150}>
                    <LiftBar lift={row.lift} middle={middle} colour={chance ? 'gray' : segmentColour(id)} />×
                    {fixed(row.lift, 2)}
                  </Table.Td>
                  <Table.Td ta="right">{share(row.share, 1)}</Table.Td>
                  <Table.Td ta="right">{share(row.base, 1)}</Table.Td>
                  <Table.Td ta="right">{row.q < 0.001 ? '< 0.001' : fixed(row.q, 3)}</Table.Td>
                </Table.Tr>
              )
            })}
          </Table.Tbody>
        </Table>
      </Wide>
      {rows.length > SHOWN && (
        <Button variant="subtle" size="compact-sm" mt="xs" onClick={() => setAll(!all)} aria-expanded={all}>
          {all ? t('lift.fewer') : t('lift.all', { count: rows.length })}
        </Button>
      )}
      {rows.length === 0 && <Text size="sm">{t('lift.nothing')}</Text>}
    </>
  )
}

/** From `middle`, which is as frequent as among everybody, to the right for more and to the left for less. */
function LiftBar({
  lift,
  middle,
  colour,
}: {
  readonly lift: number
  /** In hundredths of the width. */
  readonly middle: number
  readonly colour: string
}) {
  const doublings = lift > 0 ? Math.log2(lift) : -MOST_DOUBLINGS
  const part = Math.max(-1, Math.min(1, doublings / MOST_DOUBLINGS))
  const to = middle + part * (100 - middle)
  return (
    <svg
      width="calc(100% - 52px)"
      height={12}
      viewBox="0 0 100 12"
      preserveAspectRatio="none"
      aria-hidden="true"
      style={{ verticalAlign: 'middle', marginInlineEnd: 6, minWidth: 80 }}
    >
      <rect
        x={Math.min(middle, to)}
        width={Math.max(0.6, Math.abs(to - middle))}
        y={1}
        height={10}
        fill={colour}
      />
      <line
        x1={middle}
        x2={middle}
        y1={0}
        y2={12}
        stroke="currentColor"
        strokeWidth={1}
        vectorEffect="non-scaling-stroke"
      />
    </svg>
  )
}
