/** One job on one line: what, how far, since when. */
import { Badge, Group, Progress, Stack, Text } from '@mantine/core'
import type { Job } from 'homophily/client'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { isOpen, progressOf } from '../api/jobs.ts'
import { usePhase } from './phase.ts'
import { useNow } from './now.ts'
import { useFormat } from '../i18n/format.ts'

const colours = {
  waiting: 'gray',
  running: 'blue',
  done: 'sea',
  failed: 'red',
  cancelled: 'gray',
} as const

export function JobLine({ job, actions }: { readonly job: Job; readonly actions?: ReactNode }) {
  const { t } = useTranslation()
  const format = useFormat()
  const progress = progressOf(job)
  const { method } = (job.config ?? {}) as { readonly method?: unknown }
  const kinds = t('job.kinds', { returnObjects: true }) as Readonly<Record<string, string>>
  const phaseOf = usePhase()
  const now = useNow(job.status === 'running')
  const seconds = job.started === null ? 0 : ((job.finished ?? now) - job.started) / 1000
  return (
    <Stack gap={4}>
      <Group justify="space-between" wrap="nowrap" gap="xs" align="flex-start">
        <Group gap="xs">
          <Badge color={colours[job.status]} variant="light">
            {t(`job.status.${job.status}`)}
          </Badge>
          <Text fw={500} component="span">
            {kinds[job.kind] ?? job.kind}
            {typeof method === 'string' && ` · ${method}`}
          </Text>
          <Text size="sm" c="dimmed" component="span" className="figures">
            {format.ago(job.created)}
            {job.started !== null && ` · ${format.duration(Math.max(0, seconds))}`}
          </Text>
        </Group>
        {actions}
      </Group>
      {job.status === 'running' && progress && (
        <Group gap="xs" wrap="nowrap">
          <Progress
            value={(100 * progress.done) / Math.max(1, progress.of)}
            flex={1}
            aria-label={kinds[job.kind] ?? job.kind}
          />
          <Text size="sm" className="figures" miw={150} ta="end">
            {phaseOf(progress.phase)} {format.share(progress.done / Math.max(1, progress.of))}
            {progress.loss !== undefined && ` · ${t('job.loss')} ${format.fixed(progress.loss, 4)}`}
          </Text>
        </Group>
      )}
      {job.error !== null && !isOpen(job) && (
        <Text size="sm" c="var(--mantine-color-error)" className="id">
          {job.error}
        </Text>
      )}
    </Stack>
  )
}
