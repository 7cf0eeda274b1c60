import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { client, queries } from '../../api/queries.ts'
import { useFormat } from '../../i18n/format.ts'
import { Failure, Loading } from '../../ui/states.tsx'

export function Schedules() {
  const { t } = useTranslation('jobs')
  const format = useFormat()
  const schedules = useQuery({ queryKey: ['schedules'], queryFn: () => client().schedules() })
  const remove = useMutation({
    mutationFn: (id: string) => client().removeSchedule(id),
    onSettled: () => queries.invalidateQueries({ queryKey: ['schedules'] }),
  })
  const common = useTranslation().t
  const kinds = common('job.kinds', { returnObjects: true }) as Readonly<Record<string, string>>
  if (schedules.isError) return <Failure error={schedules.error} retry={() => void schedules.refetch()} />
  if (!schedules.data) return <Loading height={60} />
  if (schedules.data.items.length === 0) return <Text c="dimmed">{t('schedule.none')}</Text>
  return (
    <Stack gap="sm">
      {remove.isError && <Failure error={remove.error} />}
      {schedules.data.items.map(({ id, cron, job, next }) => {
        const { kind = '', method } = job as { readonly kind?: string; readonly method?: string }
        return (
          <Group key={id} justify="space-between" wrap="nowrap">
            <Stack gap={0}>
              <Text fw={500} className="id">
                {id} · {kinds[kind] ?? kind}
                {method === undefined ? '' : ` · ${method}`}
              </Text>
              <Text size="sm" c="dimmed" className="figures">
                {cron}
                {next !== null && ` · ${t('schedule.next', { time: format.moment(next) })}`}
              </Text>
            </Stack>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={t('schedule.removeThis', { id })}
              onClick={() => remove.mutate(id)}
            >
              {t('schedule.remove')}
            </Button>
          </Group>
        )
      })}
    </Stack>
  )
}
