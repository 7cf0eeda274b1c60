import { Button, Stack, Text } from '@mantine/core'
import type { Job } from 'homophily/client'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { JobLine } from '../../ui/job-line.tsx'

export function LatestJobs({ jobs }: { readonly jobs: readonly Job[] }) {
  const { t } = useTranslation('overview')
  return (
    <Stack gap="sm">
      {jobs.length === 0 && <Text c="dimmed">{t('jobs.none')}</Text>}
      {jobs.map((job) => (
        <JobLine key={job.id} job={job} />
      ))}
      <Button component={Link} to="/jobs" variant="default" size="xs" w="fit-content">
        {t('jobs.all')}
      </Button>
    </Stack>
  )
}
