/** The map: users or items in two dimensions, near to each other where what was learned of them is alike. */
import { Button, SegmentedControl } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useSearchParams } from 'react-router'
import { client } from '../../api/queries.ts'
import { PageHead } from '../../ui/page.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { Explore } from './explore.tsx'
import { ProjectForm } from './project-form.tsx'
import { Running } from './running.tsx'

export default function Page() {
  const { t } = useTranslation('map')
  const [search, setSearch] = useSearchParams()
  const of = search.get('of') === 'items' ? 'items' : 'users'
  const [asked, setAsked] = useState(false)
  const maps = useQuery({
    queryKey: ['maps'],
    queryFn: () => client().maps(),
    // A map that is being made is looked at often.
    refetchInterval: ({ state }) =>
      state.data?.items.some(({ running }) => running !== null) || asked ? 1000 : 15_000,
  })
  const map = maps.data?.items.find((one) => one.of === of)
  const made = (map?.versions.length ?? 0) > 0

  return (
    <>
      <PageHead
        title={t('title')}
        lead={t('lead')}
        actions={
          <SegmentedControl
            aria-label={t('of.label')}
            value={of}
            onChange={(next) => setSearch(next === 'items' ? { of: next } : {}, { replace: true })}
            data={[
              { value: 'users', label: t('of.users') },
              { value: 'items', label: t('of.items') },
            ]}
          />
        }
      />
      {maps.isPending && <Loading height={480} />}
      {maps.isError && <Failure error={maps.error} retry={() => void maps.refetch()} />}
      {map && made && <Explore key={map.name} map={map} />}
      {map?.running && !made && <Running name={map.name} progress={map.running} />}
      {maps.isSuccess && !made && (
        <Empty
          title={t('empty.title')}
          action={
            asked ? (
              <ProjectForm of={of} />
            ) : (
              <Button onClick={() => setAsked(true)}>{t('empty.action')}</Button>
            )
          }
        >
          {t('empty.todo')}
        </Empty>
      )}
    </>
  )
}
