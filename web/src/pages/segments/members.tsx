/** Who is in a segment: the most typical first, then all, page by page. */
import { Button, Group, Loader, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/queries.ts'
import { Failure } from '../../ui/states.tsx'
import { UserLink } from '../../ui/user-link.tsx'

const PAGE = 50

export function Members({
  id,
  version,
  typical,
}: {
  readonly id: string
  readonly version: number | undefined
  readonly typical: readonly string[]
}) {
  const { t } = useTranslation('segments')
  const [all, setAll] = useState(false)
  const members = useInfiniteQuery({
    queryKey: ['segments', version ?? 'in service', id, 'members'],
    queryFn: ({ pageParam }) =>
      client().segmentMembers(id, {
        limit: PAGE,
        ...(version === undefined ? {} : { version }),
        ...(pageParam === undefined ? {} : { cursor: pageParam }),
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: all,
  })
  const shown = members.data?.pages.flatMap(({ items }) => items.map((item) => item.id)) ?? typical
  return (
    <Stack gap="sm" align="flex-start">
      <Group gap="xs" component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
        {shown.map((user) => (
          <li key={user}>
            <UserLink id={user} />
          </li>
        ))}
      </Group>
      {shown.length === 0 && <Text size="sm">{t('detail.nobody')}</Text>}
      {members.isError && <Failure error={members.error} retry={() => void members.refetch()} />}
      {members.isFetching && <Loader size="sm" />}
      {!all && (
        <Button size="compact-sm" variant="default" onClick={() => setAll(true)}>
          {t('detail.all')}
        </Button>
      )}
      {all && members.hasNextPage && (
        <Button
          size="compact-sm"
          variant="default"
          onClick={() => void members.fetchNextPage()}
          loading={members.isFetchingNextPage}
        >
          {t('detail.more')}
        </Button>
      )}
    </Stack>
  )
}
