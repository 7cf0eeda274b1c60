import { Badge, Button, Group, Stack, Text } from '@mantine/core'
import { useInfiniteQuery, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { isMissing } from '../../api/jobs.ts'
import { client } from '../../api/queries.ts'
import { useFormat } from '../../i18n/format.ts'
import { Panel } from '../../ui/panel.tsx'
import { Failure, Loading } from '../../ui/states.tsx'

export function History({ user }: { readonly user: string }) {
  const { t } = useTranslation('explorer')
  const format = useFormat()
  const events = useInfiniteQuery({
    queryKey: ['events-of', user],
    queryFn: ({ pageParam }) =>
      client().eventsOf(user, { limit: 12, ...(pageParam === null ? {} : { cursor: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
  })
  const list = events.data?.pages.flatMap(({ items }) => items) ?? []
  return (
    <Panel title={t('history.title', { user })}>
      <Stack gap="sm">
        <Attributes user={user} />
        {events.isError ? (
          <Failure error={events.error} retry={() => void events.refetch()} />
        ) : !events.data ? (
          <Loading height={300} />
        ) : list.length === 0 ? (
          <Text c="dimmed">{t('history.none')}</Text>
        ) : (
          <Stack component="ul" gap={6} m={0} p={0}>
            {list.map(({ id, item, type, time }) => (
              <Group component="li" key={id} justify="space-between" gap="xs" style={{ listStyle: 'none' }}>
                <Group gap="xs">
                  <Text fw={500} component="span" className="id">
                    {item}
                  </Text>
                  <Badge size="sm" variant="default" tt="none" fw={400}>
                    {type}
                  </Badge>
                </Group>
                <Text size="sm" c="dimmed" className="figures">
                  {format.moment(time)}
                </Text>
              </Group>
            ))}
          </Stack>
        )}
        {events.hasNextPage && (
          <Button
            size="xs"
            variant="default"
            w="fit-content"
            loading={events.isFetchingNextPage}
            onClick={() => void events.fetchNextPage()}
          >
            {t('history.more')}
          </Button>
        )}
      </Stack>
    </Panel>
  )
}

function Attributes({ user }: { readonly user: string }) {
  const { t } = useTranslation('explorer')
  const entity = useQuery({ queryKey: ['user', user], queryFn: () => client().user(user) })
  if (entity.isPending) return <Loading height={26} />
  if (entity.isError && !isMissing(entity.error)) return <Failure error={entity.error} />
  const attributes = Object.entries(entity.data?.attributes ?? {})
  if (attributes.length === 0) {
    return (
      <Text size="sm" c="dimmed">
        {t('history.noAttributes')}
      </Text>
    )
  }
  return (
    <Group gap={6}>
      {attributes.map(([name, value]) => (
        <Badge key={name} variant="light" tt="none" fw={500}>
          {name}: {[value].flat().join(', ')}
        </Badge>
      ))}
    </Group>
  )
}
