/** Work in the background: started here, or by the clock. */
import { Stack } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { PageHead } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { List } from './list.tsx'
import { NewJob } from './new-job.tsx'
import { Schedules } from './schedules.tsx'

export default function Jobs() {
  const { t } = useTranslation('jobs')
  const [search] = useSearchParams()
  return (
    <>
      <PageHead title={t('title')} lead={t('lead')} />
      <Stack>
        <NewJob first={search.get('new') ?? 'train'} />
        <Panel title={t('list.title')}>
          <List />
        </Panel>
        <Panel title={t('schedule.title')} lead={t('schedule.lead')}>
          <Schedules />
        </Panel>
      </Stack>
    </>
  )
}
