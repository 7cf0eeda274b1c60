/** All segments of a version at a glance. */
import { Button, Card, Group, Select, Stack, Text } from '@mantine/core'
import type { Segments } from 'homophily/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../i18n/format.ts'
import { PageHead } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { Build } from './build.tsx'
import { Choice } from './choice.tsx'
import { SegmentTable } from './segment-table.tsx'
import { useSegments } from './use-segments.ts'

export function ListPage() {
  const { t } = useTranslation('segments')
  const format = useFormat()
  const [version, setVersion] = useState<number | undefined>(undefined)
  const [building, setBuilding] = useState(false)
  const segments = useSegments(version)
  const found = segments.data
  return (
    <>
      <PageHead
        title={t('title')}
        lead={t('lead')}
        actions={
          found && (
            <Group gap="xs">
              <Button variant="default" component={Link} to="/segments/compare">
                {t('compare.title')}
              </Button>
              {found.versions.length > 1 && (
                <Button variant="default" component={Link} to="/segments/changes">
                  {t('changes.title')}
                </Button>
              )}
              <Button onClick={() => setBuilding(!building)} aria-expanded={building}>
                {t('build.title')}
              </Button>
            </Group>
          )
        }
      />
      {segments.isPending && <Loading height={420} />}
      {segments.isError && <Failure error={segments.error} retry={() => void segments.refetch()} />}
      {found === null && (
        <Empty
          title={t('empty.title')}
          action={
            building ? <Build /> : <Button onClick={() => setBuilding(true)}>{t('build.title')}</Button>
          }
        >
          {t('empty.todo')}
        </Empty>
      )}
      {found && (
        <Stack gap="lg">
          {building && (
            <Card withBorder>
              <Build />
            </Card>
          )}
          <Group justify="space-between" align="flex-end" gap="sm">
            <Facts segments={found} />
            {found.versions.length > 1 && (
              <Select
                label={t('version.label')}
                value={String(found.version)}
                onChange={(next) => next !== null && setVersion(Number(next))}
                allowDeselect={false}
                data={found.versions.map((one) => ({
                  value: String(one.version),
                  label: t(one.inService ? 'version.inService' : 'version.one', {
                    version: one.version,
                    when: format.moment(Date.parse(one.created)),
                  }),
                }))}
                w={350}
                maw="100%"
              />
            )}
          </Group>
          <SegmentTable segments={found} />
          <Begun start={found.start} first={found.since === null} />
          <Panel title={t('choice.title')}>
            <Choice choice={found.choice} quality={found.quality} />
          </Panel>
        </Stack>
      )}
    </>
  )
}

/** Where a version that is not the first begins. */
function Begun({ start, first }: { readonly start: Segments['start']; readonly first: boolean }) {
  const { t } = useTranslation('segments')
  if (!start || first) return null
  const { from, kept } = start
  return (
    <Text size="sm" c="dimmed">
      {from === null ? t('begun.alone') : t(kept ? 'begun.kept' : 'begun.fresh', { from })}
    </Text>
  )
}

function Facts({ segments }: { readonly segments: Segments }) {
  const { t } = useTranslation('segments')
  const { whole, fixed } = useFormat()
  const { quality, space, population, items, method } = segments
  const facts = [
    [t('facts.segments'), whole(items.length)],
    [t('facts.users'), whole(population)],
    [t('facts.method'), method],
    [t('facts.space'), t('facts.spaceVersion', { name: space.name, version: space.version })],
    ...(quality.silhouette === null ? [] : [[t('facts.silhouette'), fixed(quality.silhouette, 2)]]),
    ...(quality.stability ? [[t('facts.stability'), fixed(quality.stability.ari, 2)]] : []),
  ] as const
  return (
    <Group component="dl" gap="xl" m={0}>
      {facts.map(([name, value]) => (
        <div key={name}>
          <Text component="dt" size="xs" c="dimmed">
            {name}
          </Text>
          <Text component="dd" fw={600} m={0} className="id">
            {value}
          </Text>
        </div>
      ))}
    </Group>
  )
}
