/** The users who moved, by name. */
import { Button, Group, Select, Stack, Table, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/queries.ts'
import { Failure, Loading } from '../../ui/states.tsx'
import { Wide } from '../../ui/wide.tsx'
import { UserLink } from '../../ui/user-link.tsx'

const PAGE = 20

export function Movers({
  from,
  to,
  names,
  source: givenSource,
  target: givenTarget,
}: {
  readonly from: number
  readonly to: number
  /** What segments are called. */
  readonly names: Readonly<Record<string, string>>
  /** What is asked for at first. */
  readonly source: string | null
  readonly target: string | null
}) {
  const { t } = useTranslation('segments')
  const [source, setSource] = useState(givenSource)
  const [target, setTarget] = useState(givenTarget)
  const movers = useInfiniteQuery({
    queryKey: ['segments', 'movers', from, to, source, target],
    queryFn: ({ pageParam }) =>
      client().churnMembers({
        from,
        to,
        limit: PAGE,
        ...(source === null ? {} : { source }),
        ...(target === null ? {} : { target }),
        ...(pageParam === undefined ? {} : { cursor: pageParam }),
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
  })
  const items = movers.data?.pages.flatMap((page) => page.items) ?? []
  const nameOf = (id: string | null): string => (id === null ? '–' : (names[id] ?? id))
  const choices = Object.entries(names).map(([value, label]) => ({ value, label }))
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Select
          label={t('movers.source')}
          placeholder={t('movers.any')}
          value={source}
          onChange={setSource}
          data={choices}
          clearable
          w={260}
          maw="100%"
        />
        <Select
          label={t('movers.target')}
          placeholder={t('movers.any')}
          value={target}
          onChange={setTarget}
          data={choices}
          clearable
          w={260}
          maw="100%"
        />
      </Group>
      {movers.isError && <Failure error={movers.error} retry={() => void movers.refetch()} />}
      {movers.isPending && <Loading />}
      {movers.isSuccess && items.length === 0 && <Text size="sm">{t('movers.none')}</Text>}
      {items.length > 0 && (
        <Wide label={t('movers.title')}>
          <Table verticalSpacing={4}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('movers.user')}</Table.Th>
                <Table.Th>{t('movers.source')}</Table.Th>
                <Table.Th>{t('movers.target')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((mover) => (
                <Table.Tr key={mover.id}>
                  <Table.Td>
                    <UserLink id={mover.id} />
                  </Table.Td>
                  <Table.Td>{nameOf(mover.from)}</Table.Td>
                  <Table.Td>{nameOf(mover.to)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Wide>
      )}
      {movers.hasNextPage && (
        <Button
          variant="default"
          size="compact-sm"
          w="fit-content"
          onClick={() => void movers.fetchNextPage()}
          loading={movers.isFetchingNextPage}
        >
          {t('detail.more')}
        </Button>
      )}
    </Stack>
  )
}
