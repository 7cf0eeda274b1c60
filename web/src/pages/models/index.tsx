/** The versions of the model: how they learn and learnt, how they compare, and which one answers. */
import { Button, Group, Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useJobs, useModels } from '../../api/jobs.ts'
import { PageHead } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { Compare } from './compare.tsx'
import { Drift } from './drift.tsx'
import { Trainings } from './trainings.tsx'
import { Versions } from './versions.tsx'

export default function Models() {
  const { t } = useTranslation('models')
  const models = useModels()
  const jobs = useJobs()
  return (
    <>
      <PageHead
        title={t('title')}
        lead={t('lead')}
        actions={
          <Button component={Link} to="/jobs?new=train">
            {t('train')}
          </Button>
        }
      />
      <Stack>
        {jobs.isError ? (
          <Failure error={jobs.error} retry={() => void jobs.refetch()} />
        ) : (
          <Panel title={t('curves.title')} lead={t('curves.lead')}>
            {jobs.data ? <Trainings jobs={jobs.data.items} /> : <Loading height={300} />}
          </Panel>
        )}
        {models.isError ? (
          <Failure error={models.error} retry={() => void models.refetch()} />
        ) : !models.data ? (
          <Loading height={300} />
        ) : models.data.versions.length === 0 ? (
          <Panel title={t('versions.title')}>
            <Empty
              title={t('versions.none')}
              action={
                <Group justify="center">
                  <Button component={Link} to="/jobs?new=train">
                    {t('train')}
                  </Button>
                </Group>
              }
            >
              {t('versions.noneText')}
            </Empty>
          </Panel>
        ) : (
          <>
            <Versions models={models.data} />
            <Compare models={models.data} jobs={jobs.data?.items ?? []} />
          </>
        )}
        <Drift />
      </Stack>
    </>
  )
}
