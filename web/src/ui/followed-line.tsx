/** A job that was asked for on this page: how far it is, and a way to call it off. */
import { Box, Button } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { isOpen } from '../api/jobs.ts'
import type { FollowedJob } from '../api/use-job.ts'
import { JobLine } from './job-line.tsx'
import { Failure } from './states.tsx'

export function FollowedLine({ followed: { job, error, cancel } }: { readonly followed: FollowedJob }) {
  const { t } = useTranslation()
  return (
    <>
      {error !== null && <Failure error={error} />}
      {job && (
        <Box w="100%" maw={560} role="status" ta="start">
          <JobLine
            job={job}
            actions={
              isOpen(job) && (
                <Button size="compact-sm" variant="default" onClick={cancel}>
                  {t('cancel')}
                </Button>
              )
            }
          />
        </Box>
      )}
    </>
  )
}
