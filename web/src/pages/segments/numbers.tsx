/** Attributes that are numbers: how they are spread in a segment beside everybody. */
import { SimpleGrid } from '@mantine/core'
import type { Segment } from 'homophily/client'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format.ts'
import { Histogram } from '../../ui/charts/histogram.tsx'
import { segmentColour } from './colour.ts'
import { SIGNIFICANT } from './lift-table.tsx'

export function Numbers({
  id,
  name,
  numbers,
}: {
  readonly id: string
  readonly name: string
  readonly numbers: Segment['numbers']
}) {
  const { t } = useTranslation('segments')
  const { share, fixed } = useFormat()
  return (
    <SimpleGrid cols={{ base: 1, sm: 2, xl: 3 }} spacing="lg">
      {numbers.map((one) => {
        const span = one.edges.at(-1)! - one.edges[0]
        const digits = span < 1 ? 3 : span < 20 ? 1 : 0
        return (
          <Histogram
            key={one.attribute}
            label={one.attribute}
            edges={one.edges}
            some={one.segment}
            everybody={one.everybody}
            someName={name}
            everybodyName={t('detail.everybody')}
            colour={segmentColour(id)}
            caption={t(one.q > SIGNIFICANT ? 'detail.sameMean' : 'detail.means', {
              mean: one.mean === null ? '–' : fixed(one.mean, Math.max(1, digits)),
              base: fixed(one.baseMean, Math.max(1, digits)),
            })}
            x={(value) => fixed(value, digits)}
            y={(value) => share(value, 1)}
          />
        )
      })}
    </SimpleGrid>
  )
}
