/** How far a job is, and how it ended. */
import { Alert, Button, Group, Progress, Stack, Text } from '@mantine/core'
import type { Job } from 'homophily/client'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../i18n/format.ts'

/** What a job says of itself while it runs. */
function progressOf(job: Job): { readonly phase: string; readonly share: number } {
  const { phase, done, of } = (job.progress ?? {}) as { phase?: string; done?: number; of?: number }
  return { phase: phase ?? '', share: done !== undefined && of ? Math.min(1, done / of) : 0 }
}

export function JobProgress({ job, onCancel }: { readonly job: Job; readonly onCancel: () => void }) {
  const { t } = useTranslation()
  const format = useFormat()
  if (job.status === 'failed') {
    return (
      <Alert color="red" role="alert" title={t('job.failed')}>
        <Text size="sm" className="id">
          {job.error}
        </Text>
      </Alert>
    )
  }
  if (job.status === 'done' || job.status === 'cancelled') {
    return <Text role="status">{t(`job.${job.status}`)}</Text>
  }
  const { phase, share } = progressOf(job)
  return (
    <Stack gap={6} w="100%" maw={420}>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" role="status">
          {job.status === 'waiting' ? t('job.waiting') : t('job.running', { phase, share: format.share(share) })}
        </Text>
        <Button size="compact-xs" variant="default" onClick={onCancel}>
          {t('cancel')}
        </Button>
      </Group>
      <Progress value={100 * share} animated aria-label={t('job.label')} />
    </Stack>
  )
}
