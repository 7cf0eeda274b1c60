/** What there is: data, the model that answers and how good it is, what comes in, what runs. */
import { Button, Group, SimpleGrid, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useJobs, useModels } from '../../api/jobs.ts'
import { client } from '../../api/queries.ts'
import { PageHead } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { Answers } from './answers.tsx'
import { Counts } from './counts.tsx'
import { EventRate } from './event-rate.tsx'
import { LatestJobs } from './latest-jobs.tsx'
import { ModelInService } from './model-in-service.tsx'

export default function Overview() {
  const { t } = useTranslation('overview')
  const overview = useQuery({
    queryKey: ['overview'],
    queryFn: () => client().overview(),
    refetchInterval: 5000,
  })
  // Asked for at once, so that nothing waits for the overview.
  const models = useModels()
  const jobs = useJobs(5)
  const nothing = overview.data?.data.events === 0
  return (
    <>
      <PageHead title={t('title')} lead={t('lead')} />
      {overview.isError ? (
        <Failure error={overview.error} retry={() => void overview.refetch()} />
      ) : (
        <Stack>
          <Counts overview={overview.data} />
          {overview.data?.problem && <Failure error={new Error(overview.data.problem)} />}
          {nothing ? (
            <Panel title={t('start.panel')}>
              <Empty
                title={t('start.title')}
                action={
                  <Group justify="center">
                    <Button component={Link} to="/import">
                      {t('start.import')}
                    </Button>
                  </Group>
                }
              >
                {t('start.text')}
              </Empty>
            </Panel>
          ) : (
            <>
              <SimpleGrid cols={{ base: 1, md: 2 }}>
                <Panel title={t('model.title')}>
                  {models.isError ? (
                    <Failure error={models.error} retry={() => void models.refetch()} />
                  ) : models.data ? (
                    <ModelInService models={models.data} since={overview.data?.eventsSince ?? null} />
                  ) : (
                    <Loading height={230} />
                  )}
                </Panel>
                <Panel title={t('jobs.title')}>
                  {jobs.isError ? (
                    <Failure error={jobs.error} retry={() => void jobs.refetch()} />
                  ) : jobs.data ? (
                    <LatestJobs jobs={jobs.data.items} />
                  ) : (
                    <Loading height={230} />
                  )}
                </Panel>
              </SimpleGrid>
              <EventRate />
              <Answers />
            </>
          )}
        </Stack>
      )}
    </>
  )
}
