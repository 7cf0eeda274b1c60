/** How far everything moved between a version and the one before: on the whole, who most, and anybody by id. */
import { Group, SegmentedControl, Select, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ServiceError, type SpaceDrift } from 'homophily/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/queries.ts'
import { useFormat } from '../../i18n/format.ts'
import { Histogram } from '../../ui/charts/histogram.tsx'
import { useColours } from '../../ui/colours.ts'
import { Panel } from '../../ui/panel.tsx'
import { SERVICE, type Space, useSpaceName, useSpaces } from '../../ui/space-select.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { DriftOfId } from './drift-of-id.tsx'
import { DriftList } from './drift-list.tsx'

const kinds = ['users', 'items', 'nodes'] as const
export type DriftKind = (typeof kinds)[number]
export type Summary = NonNullable<SpaceDrift[DriftKind]>

export function Drift() {
  const { t } = useTranslation('models')
  const spaces = useSpaces()
  // Attributes are as they are stored: they have no versions. Clusterings are not turned.
  const found = spaces.data?.items.filter(({ family }) => family === 'recommend' || family === 'embed')
  return (
    <Panel title={t('drift.title')} lead={t('drift.lead')}>
      {spaces.isError ? (
        <Failure error={spaces.error} retry={() => void spaces.refetch()} />
      ) : !found ? (
        <Loading height={300} />
      ) : found.length === 0 ? (
        <Empty title={t('drift.none')}>{t('drift.noneTodo')}</Empty>
      ) : (
        <Chosen spaces={found} />
      )}
    </Panel>
  )
}

function Chosen({ spaces }: { readonly spaces: readonly Space[] }) {
  const { t } = useTranslation('models')
  const nameOf = useSpaceName()
  const [name, setName] = useState<string | null>(null)
  const [picked, setPicked] = useState<number | null>(null)
  const space = spaces.find((each) => each.name === name) ?? spaces[0]
  const version = picked !== null && space.versions.includes(picked) ? picked : space.version!
  return (
    <Stack gap="md">
      <Group gap="sm" align="flex-end">
        <Select
          label={t('drift.space')}
          value={space.name}
          onChange={(next) => {
            setName(next)
            setPicked(null)
          }}
          allowDeselect={false}
          data={spaces.map((each) => ({
            value: each.name,
            label: each.name === SERVICE ? nameOf(SERVICE) : `${each.name} · ${each.method}`,
          }))}
          w={320}
          maw="100%"
        />
        <Select
          label={t('drift.version')}
          value={String(version)}
          onChange={(next) => next !== null && setPicked(Number(next))}
          allowDeselect={false}
          data={space.versions.toReversed().map((each) => ({
            value: String(each),
            label: each === space.version ? t('drift.inService', { version: each }) : String(each),
          }))}
          w={180}
        />
      </Group>
      <Between key={`${space.name} ${version}`} space={space.name} version={version} />
    </Stack>
  )
}

function Between({ space, version }: { readonly space: string; readonly version: number }) {
  const { t } = useTranslation('models')
  const [chosen, setKind] = useState<DriftKind | null>(null)
  const drift = useQuery({
    queryKey: ['drift', space, version],
    queryFn: () => client().spaceDrift(space, version),
  })
  if (drift.isError) {
    // Not a fault: a first version, or one that cannot be compared. The service says why.
    return drift.error instanceof ServiceError && drift.error.problem?.code === 'MISSING' ? (
      <Empty title={t('drift.nothing')}>{drift.error.message}</Empty>
    ) : (
      <Failure error={drift.error} retry={() => void drift.refetch()} />
    )
  }
  if (!drift.data) return <Loading height={260} />
  const present = kinds.filter((kind) => drift.data[kind] !== null)
  const kind = chosen ?? present[0]
  const { against } = drift.data
  return (
    <Stack gap="md">
      <Whole drift={drift.data} kinds={present} />
      {present.length > 1 && (
        <SegmentedControl
          aria-label={t('drift.kind')}
          value={kind}
          onChange={setKind}
          data={present.map((each) => ({ value: each, label: t(`drift.${each}`) }))}
          w="fit-content"
        />
      )}
      <Details
        key={kind}
        kind={kind}
        summary={drift.data[kind]!}
        space={space}
        version={version}
        against={against}
      />
    </Stack>
  )
}

/** The figures of the whole, a line for each kind. */
function Whole({ drift, kinds }: { readonly drift: SpaceDrift; readonly kinds: readonly DriftKind[] }) {
  const { t } = useTranslation('models')
  const { whole, fixed } = useFormat()
  const figure = (value: number | null): string => (value === null ? '–' : fixed(value))
  return (
    <div>
      <Text size="sm" mb={4}>
        {t('drift.between', { version: drift.version, against: drift.against })}
      </Text>
      <Table className="figures" withRowBorders={false} verticalSpacing={4} w="auto">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('drift.kind')}</Table.Th>
            {(['shared', 'mean', 'median', 'p95'] as const).map((name) => (
              <Table.Th key={name} ta="end">
                {t(`drift.${name}`)}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {kinds.map((kind) => {
            const { shared, mean, median, p95 } = drift[kind]!
            return (
              <Table.Tr key={kind}>
                <Table.Td>{t(`drift.${kind}`)}</Table.Td>
                <Table.Td ta="end">{whole(shared)}</Table.Td>
                <Table.Td ta="end">
                  <b>{figure(mean)}</b>
                </Table.Td>
                <Table.Td ta="end">{figure(median)}</Table.Td>
                <Table.Td ta="end">{figure(p95)}</Table.Td>
              </Table.Tr>
            )
          })}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function Details({
  kind,
  summary,
  space,
  version,
  against,
}: {
  readonly kind: DriftKind
  readonly summary: Summary
  readonly space: string
  readonly version: number
  readonly against: number
}) {
  const { t } = useTranslation('models')
  const { share, fixed } = useFormat()
  const { series } = useColours()
  if (summary.shared === 0) return <Text size="sm">{t('drift.nobody')}</Text>
  return (
    <Stack gap="md">
      <Histogram
        label={t('drift.spread')}
        caption={t('drift.spreadCaption')}
        edges={summary.histogram.edges}
        some={summary.histogram.counts}
        someName={t('drift.share')}
        colour={series[0]}
        x={(value) => fixed(value, 2)}
        y={(value) => share(value, 1)}
      />
      <DriftOfId kind={kind} space={space} version={version} against={against} />
      <DriftList kind={kind} most={summary.most} />
    </Stack>
  )
}
