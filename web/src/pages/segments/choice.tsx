/** What speaks for this number of segments and not another. */
import { Text } from '@mantine/core'
import type { Segments } from 'homophily/client'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format.ts'
import { LineChart } from '../../ui/charts/line-chart.tsx'
import { categoryColour } from '../map/palette.ts'

const measures = [
  ['silhouette', undefined],
  ['modularity', '7 4'],
  ['stability', '2 3'],
] as const

export function Choice({ choice, quality }: Pick<Segments, 'choice' | 'quality'>) {
  const { t } = useTranslation('segments')
  const { whole, fixed } = useFormat()
  if (!choice) {
    const parts = [
      ...(quality.silhouette === null
        ? []
        : [t('choice.silhouetteIs', { value: fixed(quality.silhouette, 2) })]),
      ...(quality.modularity === null
        ? []
        : [t('choice.modularityIs', { value: fixed(quality.modularity, 2) })]),
      ...(quality.stability
        ? [t('choice.stabilityIs', { value: fixed(quality.stability.ari, 2), count: quality.stability.runs })]
        : []),
    ]
    return (
      <Text size="sm">
        {t('choice.given')} {parts.join(' ')}
      </Text>
    )
  }
  const curves = measures.flatMap(([name, dash], k) =>
    choice.tried.some((one) => one[name] !== null)
      ? [
          {
            name: t(`choice.${name}`),
            colour: categoryColour(k),
            values: choice.tried.map((one) => one[name]),
            ...(dash ? { dash } : {}),
          },
        ]
      : [],
  )
  return (
    <>
      <Text size="sm" c="dimmed" mb="sm">
        {t('choice.lead')}
      </Text>
      <LineChart
        label={t('choice.label', { chosen: choice.chosen })}
        xs={choice.tried.map(({ clusters }) => clusters)}
        curves={curves}
        xName={t('choice.clusters')}
        mark={{ x: choice.chosen, text: t('choice.chosen', { count: choice.chosen }) }}
        yMost={1}
        x={whole}
        y={(value) => fixed(value, 2)}
      />
    </>
  )
}
