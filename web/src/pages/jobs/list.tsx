import { Button, Code, Divider, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import type { Job } from 'homophily/client'
import { useTranslation } from 'react-i18next'
import { isOpen, useCancel } from '../../api/jobs.ts'
import { client } from '../../api/queries.ts'
import { JobLine } from '../../ui/job-line.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'

export function List() {
  const { t } = useTranslation('jobs')
  const jobs = useInfiniteQuery({
    queryKey: ['jobs', 'pages'],
    queryFn: ({ pageParam }) =>
      client().jobs({ limit: 20, ...(pageParam === null ? {} : { cursor: pageParam }) }),
    initialPageParam: null as string | null,
    getNextPageParam: ({ next }) => next,
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some(({ items }) => items.some(isOpen)) ? 1000 : 5000,
  })
  const cancel = useCancel()
  if (jobs.isError) return <Failure error={jobs.error} retry={() => void jobs.refetch()} />
  if (!jobs.data) return <Loading height={200} />
  const list = jobs.data.pages.flatMap(({ items }) => items)
  if (list.length === 0) return <Empty title={t('list.none')}>{t('list.noneText')}</Empty>
  return (
    <Stack gap="sm">
      {cancel.isError && <Failure error={cancel.error} />}
      {list.map((job) => (
        <Stack key={job.id} gap={4}>
          <JobLine
            job={job}
            actions={
              isOpen(job) && (
                <Button
                  size="compact-sm"
                  variant="default"
                  loading={cancel.isPending && cancel.variables === job.id}
                  onClick={() => cancel.mutate(job.id)}
                >
                  {t('list.cancel')}
                </Button>
              )
            }
          />
          <Details job={job} />
          <Divider mt={6} />
        </Stack>
      ))}
      {jobs.hasNextPage && (
        <Button
          variant="default"
          size="xs"
          w="fit-content"
          loading={jobs.isFetchingNextPage}
          onClick={() => void jobs.fetchNextPage()}
        >
          {t('list.more')}
        </Button>
      )}
    </Stack>
  )
}

function Details({ job: { id, config, result } }: { readonly job: Job }) {
  const { t } = useTranslation('jobs')
  // Curves are drawn on the page of the models.
  const { curves: _, ...told } = (result ?? {}) as Readonly<Record<string, unknown>>
  return (
    <details>
      <summary>
        <Text span size="sm" c="dimmed">
          {t('list.details')}
        </Text>
      </summary>
      <Text size="sm" c="dimmed" className="figures id">
        {id}
      </Text>
      <Code block>{JSON.stringify(result ? { config, result: told } : { config }, null, 2)}</Code>
    </details>
  )
}
