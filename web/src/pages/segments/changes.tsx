/** What happened to segments between two versions: who moved from where to where. */
import { Alert, Anchor, Group, List, Select, Stack, Switch } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { Churn } from 'homophily/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { client } from '../../api/queries.ts'
import { useFormat } from '../../i18n/format.ts'
import { Sankey } from '../../ui/charts/sankey.tsx'
import { PageHead } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { segmentColour } from './colour.ts'
import { Movers } from './movers.tsx'
import { useSegments } from './use-segments.ts'

/** Stand for users who were not there before, or are not there any more. */
const ARRIVED = 'arrived'
const LEFT = 'left'

export function ChangesPage() {
  const { t } = useTranslation('segments')
  const segments = useSegments()
  const versions = segments.data?.versions.map(({ version }) => version).sort((a, b) => a - b) ?? []
  const [chosen, setChosen] = useState<{ from: number; to: number } | null>(null)
  const to = chosen?.to ?? segments.data?.version ?? versions.at(-1) ?? 0
  const from = chosen?.from ?? versions.findLast((version) => version < to) ?? versions[0] ?? 0
  const choices = versions.map((version) => ({
    value: String(version),
    label: t('changes.version', { version }),
  }))
  return (
    <Stack gap="lg">
      <div>
        <Anchor component={Link} to="/segments" size="sm">
          ← {t('back')}
        </Anchor>
        <PageHead title={t('changes.title')} lead={t('changes.lead')} />
        <Anchor component={Link} to="/models" size="sm">
          {t('changes.drift')} →
        </Anchor>
      </div>
      {segments.isPending && <Loading height={420} />}
      {segments.isError && <Failure error={segments.error} retry={() => void segments.refetch()} />}
      {segments.isSuccess && versions.length < 2 && (
        <Empty title={t('changes.one')}>{t('changes.oneTodo')}</Empty>
      )}
      {versions.length >= 2 && (
        <>
          <Group gap="sm">
            <Select
              label={t('changes.from')}
              value={String(from)}
              onChange={(next) => next !== null && setChosen({ from: Number(next), to })}
              data={choices}
              allowDeselect={false}
              w={160}
            />
            <Select
              label={t('changes.to')}
              value={String(to)}
              onChange={(next) => next !== null && setChosen({ from, to: Number(next) })}
              data={choices}
              allowDeselect={false}
              w={160}
            />
          </Group>
          {from === to ? (
            <Alert color="yellow">{t('changes.same')}</Alert>
          ) : (
            <Between key={`${from} ${to}`} from={from} to={to} />
          )}
        </>
      )}
    </Stack>
  )
}

function Between({ from, to }: { readonly from: number; readonly to: number }) {
  const { t } = useTranslation('segments')
  const churn = useQuery({
    queryKey: ['segments', 'churn', from, to],
    queryFn: () => client().churn({ from, to }),
  })
  if (churn.isError) return <Failure error={churn.error} retry={() => void churn.refetch()} />
  if (!churn.data) return <Loading height={420} />
  return (
    <Stack gap="lg">
      <Panel title={t('changes.words')}>
        <Words churn={churn.data} />
      </Panel>
      <Flows churn={churn.data} />
    </Stack>
  )
}

function Words({ churn }: { readonly churn: Churn }) {
  const { t } = useTranslation('segments')
  const { share, whole, language } = useFormat()
  const list = new Intl.ListFormat(language, { type: 'conjunction' })
  const named = (ids: readonly string[]): string =>
    list.format(ids.map((id) => t('changes.quoted', { name: churn.names[id] ?? id })))
  return (
    <List spacing={4}>
      <List.Item>
        {t('changes.moved', {
          moved: whole(churn.moved),
          shared: whole(churn.shared),
          share: share(churn.shared > 0 ? churn.moved / churn.shared : 0, 1),
        })}
      </List.Item>
      <List.Item>
        {t('changes.cameAndWent', { arrived: whole(churn.arrived), left: whole(churn.left) })}
      </List.Item>
      {churn.changes.map(({ kind, segments, into }) => (
        <List.Item key={`${kind} ${segments.join()} ${into.join()}`}>
          {t(`changes.${kind}`, { segments: named(segments), into: named(into) })}
        </List.Item>
      ))}
      {churn.changes.length === 0 && <List.Item>{t('changes.none')}</List.Item>}
    </List>
  )
}

function Flows({ churn }: { readonly churn: Churn }) {
  const { t } = useTranslation('segments')
  const { whole } = useFormat()
  const [chosen, setChosen] = useState<{ from: string; to: string; count: number } | null>(null)
  const [onlyMoved, setOnlyMoved] = useState(churn.moved + churn.arrived + churn.left > 0)
  const flows = churn.flows
    .filter(({ from, to }) => !onlyMoved || from !== to)
    .map(({ from, to, count }) => ({ from: from ?? ARRIVED, to: to ?? LEFT, count }))
  const nameOf = (key: string): string =>
    key === ARRIVED ? t('changes.newcomers') : key === LEFT ? t('changes.gone') : (churn.names[key] ?? key)
  return (
    <Stack gap="lg">
      <Panel
        title={t('changes.flows')}
        lead={t('changes.flowsLead')}
        actions={
          <Switch
            label={t('changes.onlyMoved')}
            checked={onlyMoved}
            onChange={(event) => setOnlyMoved(event.currentTarget.checked)}
          />
        }
      >
        <Sankey
          label={t('changes.flowsLabel', { from: churn.from, to: churn.to, moved: whole(churn.moved) })}
          flows={flows}
          order={[...Object.keys(churn.names).sort(byNumber), ARRIVED, LEFT]}
          name={nameOf}
          colour={(key) => (key === ARRIVED || key === LEFT ? '#8a8a92' : segmentColour(key))}
          chosen={chosen}
          onChoose={setChosen}
          count={whole}
          head={[t('changes.from'), t('changes.to'), t('facts.users')]}
        />
      </Panel>
      <Panel title={t('movers.title')}>
        <Movers
          key={chosen ? `${chosen.from} ${chosen.to}` : ''}
          from={churn.from}
          to={churn.to}
          names={churn.names}
          source={chosen && chosen.from !== ARRIVED ? chosen.from : null}
          target={chosen && chosen.to !== LEFT ? chosen.to : null}
        />
      </Panel>
    </Stack>
  )
}

/** s2 before s10. */
const byNumber = (a: string, b: string): number => Number(a.slice(1)) - Number(b.slice(1))
