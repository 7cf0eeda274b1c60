/** Two segments side by side. */
import { Anchor, Group, Select, Stack, Table, Text } from '@mantine/core'
import type { Segment, Segments } from 'homophily/client'
import { useTranslation } from 'react-i18next'
import { Link, useSearchParams } from 'react-router'
import { useFormat } from '../../i18n/format.ts'
import { PageHead } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { segmentColour } from './colour.ts'
import { Dot } from './dot.tsx'
import { pairsOf } from './pairs.ts'
import { useTrait } from './trait.ts'
import { useSegment, useSegments } from './use-segments.ts'
import { Wide } from '../../ui/wide.tsx'

const SHOWN = 20

export function ComparePage() {
  const { t } = useTranslation('segments')
  const [search, setSearch] = useSearchParams()
  const segments = useSegments()
  const items = segments.data?.items ?? []
  const idA = search.get('a') ?? items[0]?.id ?? null
  const idB = search.get('b') ?? items.find(({ id }) => id !== idA)?.id ?? null
  const [a, b] = [useSegment(idA), useSegment(idB)]
  const choose = (side: 'a' | 'b') => (id: string | null) => {
    if (id !== null) setSearch({ a: idA ?? '', b: idB ?? '', [side]: id }, { replace: true })
  }
  const error = segments.error ?? a.error ?? b.error
  return (
    <Stack gap="lg">
      <div>
        <Anchor component={Link} to="/segments" size="sm">
          ← {t('back')}
        </Anchor>
        <PageHead title={t('compare.title')} lead={t('compare.lead')} />
      </div>
      {error && <Failure error={error} />}
      {segments.isSuccess && items.length < 2 && (
        <Empty title={t('compare.tooFew')}>{t('compare.tooFewTodo')}</Empty>
      )}
      {items.length >= 2 && (
        <>
          <Group gap="sm" grow>
            <Choose label={t('compare.first')} items={items} value={idA} onChange={choose('a')} />
            <Choose label={t('compare.second')} items={items} value={idB} onChange={choose('b')} />
          </Group>
          {a.data && b.data ? <Pairs a={a.data} b={b.data} /> : !error && <Loading height={360} />}
        </>
      )}
    </Stack>
  )
}

function Choose({
  label,
  items,
  value,
  onChange,
}: {
  readonly label: string
  readonly items: Segments['items']
  readonly value: string | null
  readonly onChange: (id: string | null) => void
}) {
  return (
    <Select
      label={label}
      value={value}
      onChange={onChange}
      allowDeselect={false}
      leftSection={value !== null && <Dot id={value} />}
      data={items.map(({ id, name }) => ({ value: id, label: name }))}
    />
  )
}

function Pairs({ a, b }: { readonly a: Segment; readonly b: Segment }) {
  const { t } = useTranslation('segments')
  const { share, fixed, whole } = useFormat()
  const pairs = pairsOf(a, b, useTrait()).slice(0, SHOWN)
  const most = Math.max(...pairs.flatMap((pair) => [pair.a ?? 0, pair.b ?? 0, pair.base]), 1e-9)
  const numbers = a.numbers.flatMap((one) => {
    const other = b.numbers.find(({ attribute }) => attribute === one.attribute)
    return other && one.mean !== null && other.mean !== null
      ? [{ attribute: one.attribute, a: one.mean, b: other.mean, base: one.baseMean }]
      : []
  })
  const digits = (value: number): number => (Math.abs(value) < 10 ? 2 : 1)
  return (
    <Panel title={t('compare.differences')}>
      <Wide label={t('compare.differences')}>
        <Table className="figures" verticalSpacing={6} horizontalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('lift.what')}</Table.Th>
              <Table.Th>{a.name}</Table.Th>
              <Table.Th>{b.name}</Table.Th>
              <Table.Th ta="right">{t('lift.base')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            <Table.Tr>
              <Table.Td>{t('compare.size')}</Table.Td>
              <Table.Td>{whole(a.size)}</Table.Td>
              <Table.Td>{whole(b.size)}</Table.Td>
              <Table.Td />
            </Table.Tr>
            {numbers.map((one) => (
              <Table.Tr key={one.attribute}>
                <Table.Td className="id">{t('compare.mean', { attribute: one.attribute })}</Table.Td>
                <Table.Td>{fixed(one.a, digits(one.a))}</Table.Td>
                <Table.Td>{fixed(one.b, digits(one.b))}</Table.Td>
                <Table.Td ta="right">{fixed(one.base, digits(one.base))}</Table.Td>
              </Table.Tr>
            ))}
            {pairs.map((pair) => (
              <Table.Tr key={pair.name}>
                <Table.Td className="id" miw={110}>
                  {pair.name}
                </Table.Td>
                {(
                  [
                    [pair.a, a.id],
                    [pair.b, b.id],
                  ] as const
                ).map(([value, id], side) => (
                  <Table.Td key={side} miw={110}>
                    {value === null ? (
                      <Text span size="sm" c="dimmed">
                        {t('compare.usual')}
                      </Text>
                    ) : (
                      <>
                        <svg
                          width="calc(100% - 58px)"
                          height={10}
                          viewBox="0 0 100 10"
                          preserveAspectRatio="none"
                          aria-hidden="true"
                          style={{ marginInlineEnd: 6, minWidth: 40 }}
                        >
                          <rect width={(100 * value) / most} height={10} fill={segmentColour(id)} />
                        </svg>
                        {share(value, 1)}
                      </>
                    )}
                  </Table.Td>
                ))}
                <Table.Td ta="right">{share(pair.base, 1)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Wide>
    </Panel>
  )
}
