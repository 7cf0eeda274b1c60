/** What is shown to one user, and why: history, answer, reasons, what changes it, and the graph behind it. */
import { Button, Group, SimpleGrid, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { lazy, Suspense, useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Route, Routes, useNavigate, useParams } from 'react-router'
import { useModels } from '../../api/jobs.ts'
import { client } from '../../api/queries.ts'
import { IdSearch } from '../../ui/id-search.tsx'
import { PageHead } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { Answer } from './answer.tsx'
import { Controls } from './controls.tsx'
import { History } from './history.tsx'
import { attributesOf, plain, waysOf } from './ways.ts'
import { WhyNot } from './why-not.tsx'

const Around = lazy(() => import('./around.tsx'))

export default function Explorer() {
  return (
    <Routes>
      <Route index element={<Search user={null} />} />
      <Route path=":user" element={<OfUser />} />
    </Routes>
  )
}

function OfUser() {
  const { user = '' } = useParams()
  return <Search key={user} user={user} />
}

function Search({ user }: { readonly user: string | null }) {
  const { t } = useTranslation('explorer')
  const navigate = useNavigate()
  const models = useModels()
  const choose = (id: string): void => void navigate(`/explorer/${encodeURIComponent(id)}`)
  return (
    <>
      <PageHead title={t('title')} lead={t('lead')} />
      <Stack>
        <IdSearch
          of="users"
          label={t('user.label')}
          placeholder={t('user.placeholder')}
          initial={user ?? ''}
          onChoose={choose}
        />
        {models.isError ? (
          <Failure error={models.error} retry={() => void models.refetch()} />
        ) : !models.data ? (
          <Loading height={400} />
        ) : models.data.inService === null ? (
          <Empty
            title={t('noModel.title')}
            action={<Button onClick={() => void navigate('/jobs?new=train')}>{t('noModel.train')}</Button>}
          >
            {t('noModel.text')}
          </Empty>
        ) : user === null ? (
          <Examples onChoose={choose} />
        ) : (
          <User user={user} />
        )}
      </Stack>
    </>
  )
}

function Examples({ onChoose }: { readonly onChoose: (user: string) => void }) {
  const { t } = useTranslation('explorer')
  const { data } = useQuery({
    queryKey: ['search', 'users', ''],
    queryFn: () => client().search('users', '', 12),
  })
  if (!data) return <Loading height={120} />
  if (data.items.length === 0) return <Empty title={t('nobody.title')}>{t('nobody.text')}</Empty>
  return (
    <Panel title={t('examples.title')} lead={t('examples.lead')}>
      <Group gap="xs">
        {data.items.map((id) => (
          <Button key={id} variant="default" size="xs" onClick={() => onChoose(id)}>
            {id}
          </Button>
        ))}
      </Group>
    </Panel>
  )
}

function User({ user }: { readonly user: string }) {
  const { t } = useTranslation('explorer')
  const [choice, setChoice] = useState(plain)
  const items = useQuery({
    queryKey: ['items'],
    queryFn: () => client().entities('items', { limit: 1000 }),
    staleTime: 60_000,
  })
  const attributes = useMemo(() => attributesOf(items.data?.items ?? []), [items.data])
  const ways = useMemo(() => waysOf(choice, attributes), [choice, attributes])
  return (
    <>
      <SimpleGrid cols={{ base: 1, lg: 2 }}>
        <Stack>
          <Controls choice={choice} attributes={attributes} onChange={setChoice} />
          <Answer user={user} ways={ways} items={items.data?.items ?? []} />
        </Stack>
        <Stack>
          <History user={user} />
          <WhyNot user={user} ways={ways} />
        </Stack>
      </SimpleGrid>
      <Panel title={t('graph.title')} lead={t('graph.lead')}>
        <Suspense fallback={<Loading height={440} />}>
          <Around user={user} />
        </Suspense>
      </Panel>
    </>
  )
}
