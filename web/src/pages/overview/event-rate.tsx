import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/queries.ts'
import { Chart } from '../../ui/chart.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure, Loading } from '../../ui/states.tsx'

/** Types that get a curve of their own; the others are drawn as one. */
const OWN = 5

export function EventRate() {
  const { t } = useTranslation('overview')
  const counts = useQuery({
    queryKey: ['event-counts'],
    queryFn: () => client().eventCounts(),
    refetchInterval: 15_000,
    placeholderData: keepPreviousData,
  })
  const drawn = useMemo(() => {
    if (!counts.data) return null
    const { types, bucket } = counts.data
    const last = counts.data.items.at(-1)
    // The last bucket has a width, too.
    const items = last ? [...counts.data.items, { ...last, time: last.time + bucket }] : []
    const totals = types.map((_, at) => items.reduce((sum, item) => sum + item.counts[at], 0))
    const order = types.map((_, at) => at).sort((a, b) => totals[b] - totals[a])
    const rest = order.slice(OWN)
    const series = order.slice(0, OWN).map((at) => ({
      label: types[at],
      values: items.map((item) => item.counts[at]),
    }))
    if (rest.length > 0) {
      series.push({
        label: t('rate.others', { count: rest.length }),
        values: items.map((item) => rest.reduce((sum, at) => sum + item.counts[at], 0)),
      })
    }
    return { x: items.map(({ time }) => time), series }
  }, [counts.data, t])
  const hours = (counts.data?.bucket ?? 0) / 3_600_000
  const per =
    hours === 1 ? t('rate.hour') : hours === 24 ? t('rate.day') : t('rate.days', { days: hours / 24 })
  return (
    <Panel title={t('rate.title')} lead={counts.data ? per : ' '}>
      {counts.isError ? (
        <Failure error={counts.error} retry={() => void counts.refetch()} />
      ) : drawn ? (
        <Chart description={`${t('rate.title')}: ${per}`} time bars xLabel={t('rate.time')} {...drawn} />
      ) : (
        <Loading height={250} />
      )}
    </Panel>
  )
}
