import { Select, Stack, Text } from '@mantine/core'
import type { Job } from 'homophily/client'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { type Curve, curvesOf, isOpen, progressOf } from '../../api/jobs.ts'
import { useFormat } from '../../i18n/format.ts'
import { Chart } from '../../ui/chart.tsx'
import { JobLine } from '../../ui/job-line.tsx'
import { Empty } from '../../ui/states.tsx'
import { useLive } from './live.ts'

/** The loss of the training that runs, or of one that is over. */
export function Trainings({ jobs }: { readonly jobs: readonly Job[] }) {
  const { t } = useTranslation('models')
  const format = useFormat()
  const [chosen, setChosen] = useState<string | null>(null)
  const trainings = jobs.filter(
    (job) => ['train', 'evaluate', 'compare'].includes(job.kind) && job.status !== 'waiting',
  )
  const job =
    trainings.find(({ id }) => id === chosen) ??
    trainings.find(isOpen) ??
    trainings.find((each) => curvesOf(each).length > 0)
  const live = useLive(job)
  if (!job) return <Empty title={t('curves.none')}>{t('curves.noneText')}</Empty>
  const now = live ?? job
  return (
    <Stack>
      <Select
        label={t('curves.job')}
        maw={420}
        allowDeselect={false}
        data={trainings.map((each) => ({
          value: each.id,
          label: `${methodOf(each)} · ${format.moment(each.created)}`,
        }))}
        value={job.id}
        onChange={setChosen}
      />
      <JobLine job={now} />
      <Curves curves={curvesOf(now)} running={isOpen(now) ? progressOf(now)?.phase : undefined} />
    </Stack>
  )
}

function methodOf({ config, kind }: Job): string {
  const { method } = config as { readonly method?: unknown }
  return typeof method === 'string' ? method : kind
}

function Curves({
  curves,
  running,
}: {
  readonly curves: readonly Curve[]
  readonly running: string | undefined
}) {
  const { t } = useTranslation('models')
  const drawn = useMemo(() => {
    const x = [...new Set(curves.flatMap(({ points }) => points.map(([done]) => done)))].sort((a, b) => a - b)
    const series = curves.map(({ phase, points }, at) => {
      const values = new Map(points)
      return {
        label: phase === 'train' ? t('curves.run', { number: at + 1 }) : phase,
        values: x.map((done) => values.get(done) ?? null),
      }
    })
    return { x, series }
  }, [curves, t])
  if (curves.length === 0) {
    return (
      <Text c="dimmed" mih={100}>
        {running === undefined ? t('curves.noLoss') : t('curves.notYet')}
      </Text>
    )
  }
  const { unit: named } = curves[0]
  const unit = named === 'epochs' || named === 'steps' ? t(`curves.${named}`) : named
  return <Chart description={t('curves.description', { unit })} xLabel={unit} spanGaps {...drawn} />
}
