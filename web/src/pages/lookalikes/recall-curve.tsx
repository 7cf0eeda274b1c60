/** The honest figure: how many known users who were held out an audience of each size finds, beside chance and beside the most active. */
import { Text } from '@mantine/core'
import type { Lookalikes } from 'homophily/client'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format.ts'
import { LineChart } from '../../ui/charts/line-chart.tsx'
import { at } from './found.ts'

export function RecallCurve({ result }: { readonly result: Lookalikes }) {
  const { t } = useTranslation('lookalikes')
  const { share, whole } = useFormat()
  const { curve, sizes, total } = result
  if (!curve) return <Text size="sm">{t('curve.none')}</Text>
  const { sizes: xs, recall, random, popularity } = curve
  const found = {
    size: whole(total),
    recall: share(at(xs, recall, total)),
    random: share(at(xs, random, total)),
  }
  return (
    <div>
      <Text size="sm" mb="sm">
        {popularity
          ? t('curve.words', { ...found, popularity: share(at(xs, popularity, total)) })
          : t('curve.wordsRandom', found)}{' '}
        {sizes &&
          t('curve.sizes', {
            narrow: whole(sizes.narrow),
            balanced: whole(sizes.balanced),
            broad: whole(sizes.broad),
          })}{' '}
        <Text span size="sm" c="dimmed">
          {t('curve.how', { folds: curve.folds })}
        </Text>
      </Text>
      <LineChart
        label={t('curve.label')}
        xs={xs}
        curves={[
          { name: t('curve.recall'), colour: '#1391a3', values: recall },
          ...(popularity
            ? [{ name: t('curve.popularity'), colour: '#d9660b', values: popularity, dash: '7 4' }]
            : []),
          { name: t('curve.random'), colour: '#8a8a92', values: random, dash: '2 3' },
        ]}
        xName={t('curve.size')}
        log
        mark={{ x: Math.max(1, total), text: t('curve.chosen', { size: whole(total) }) }}
        yMost={1}
        x={whole}
        y={(value) => share(value, 0)}
      />
    </div>
  )
}
