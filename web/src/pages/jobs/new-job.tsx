import { Button, Group, Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import type { JobInput, Methods } from 'homophily/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, queries } from '../../api/queries.ts'
import { Panel } from '../../ui/panel.tsx'
import { Failure, Loading } from '../../ui/states.tsx'
import { put, type Schema, type Values } from './schema.ts'
import { SchemaFields } from './schema-fields.tsx'

/** The family of methods that each kind of job takes its method from. */
const families: Readonly<Record<string, Methods['items'][number]['family']>> = {
  train: 'recommend',
  evaluate: 'recommend',
  segment: 'cluster',
}
/** Made with a form of its own, on the page of the models. */
const ELSEWHERE = ['compare']

export function NewJob({ first }: { readonly first: string }) {
  const { t } = useTranslation('jobs')
  const methods = useQuery({
    queryKey: ['methods'],
    queryFn: () => client().methods(),
    staleTime: Infinity,
  })
  return (
    <Panel title={t('form.title')} lead={t('form.lead')}>
      {methods.isError ? (
        <Failure error={methods.error} retry={() => void methods.refetch()} />
      ) : methods.data ? (
        <Form methods={methods.data} first={first in methods.data.jobs ? first : 'train'} />
      ) : (
        <Loading height={300} />
      )}
    </Panel>
  )
}

function Form({ methods, first }: { readonly methods: Methods; readonly first: string }) {
  const { t } = useTranslation('jobs')
  const common = useTranslation().t
  const kindNames = common('job.kinds', { returnObjects: true }) as Readonly<Record<string, string>>
  const [kind, setKind] = useState(first)
  const [values, setValues] = useState<Values>({})
  const [settings, setSettings] = useState<Values>({})
  const [schedule, setSchedule] = useState<{ readonly id: string; readonly cron: string } | null>(null)
  const schema = methods.jobs[kind] as Schema
  const choices = methods.items.filter(({ family }) => family === families[kind])
  const name = (values['method'] ?? schema.properties?.['method']?.default) as string | undefined
  const method = choices.find((each) => each.name === name)
  const presets = Object.entries(method?.presets ?? {})
  const job = {
    kind,
    ...values,
    ...(Object.keys(settings).length > 0 ? { config: settings } : {}),
  } as unknown as JobInput
  const start = useMutation({
    mutationFn: async () =>
      schedule ? client().putSchedule(schedule.id, { cron: schedule.cron, job }) : client().createJob(job),
    async onSuccess() {
      setSchedule(null)
      await queries.invalidateQueries({
        predicate: ({ queryKey }) => queryKey[0] === 'jobs' || queryKey[0] === 'schedules',
      })
    },
  })
  const set = (next: Values): void => {
    start.reset()
    setValues(next)
  }
  const missing = (schema.required ?? []).some(
    (each) => each !== 'kind' && values[each] === undefined && !(each === 'config' && method),
  )
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        start.mutate()
      }}
    >
      <Stack>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
          <Select
            label={t('form.kind')}
            allowDeselect={false}
            data={Object.keys(methods.jobs)
              .filter((each) => !ELSEWHERE.includes(each))
              .map((each) => ({ value: each, label: kindNames[each] ?? each }))}
            value={kind}
            onChange={(next) => {
              if (next === null) return
              setKind(next)
              set({})
              setSettings({})
            }}
          />
          {choices.length > 0 && (
            <Select
              label={t('fields.method')}
              placeholder={t('form.choose')}
              withAsterisk
              allowDeselect={false}
              data={choices.map((each) => ({ value: each.name, label: each.title }))}
              value={name ?? null}
              onChange={(next) => {
                set({ ...put(put(values, 'preset', undefined), 'method', next ?? undefined) })
                setSettings({})
              }}
            />
          )}
          {presets.length > 0 && (
            <Select
              label={t('fields.preset')}
              placeholder={t('form.none')}
              clearable
              clearButtonProps={{ 'aria-label': t('form.clear', { field: t('fields.preset') }) }}
              data={presets.map(([preset, { summary }]) => ({
                value: preset,
                label: `${preset}: ${summary}`,
              }))}
              value={(values['preset'] as string | undefined) ?? null}
              onChange={(next) => set(put(values, 'preset', next ?? undefined))}
            />
          )}
        </SimpleGrid>
        {method && (
          <Text size="sm" c="dimmed" lang="en">
            {method.summary}
          </Text>
        )}
        <details key={`${kind} ${name}`}>
          <summary>{t('form.more')}</summary>
          <Stack mt="md">
            <SchemaFields
              schema={schema}
              except={['kind', 'method', 'preset', ...(method ? ['config'] : [])]}
              values={values}
              onChange={set}
            />
            {method && Object.keys((method.schema as Schema).properties ?? {}).length > 0 && (
              <>
                <Text fw={600}>{t('form.settings', { method: method.title })}</Text>
                <SchemaFields
                  schema={method.schema}
                  values={settings}
                  onChange={(next) => {
                    start.reset()
                    setSettings(next)
                  }}
                />
              </>
            )}
          </Stack>
        </details>
        {schedule && (
          <SimpleGrid cols={{ base: 1, xs: 2, md: 3 }}>
            <TextInput
              label={t('schedule.name')}
              required
              value={schedule.id}
              onChange={(event) => setSchedule({ ...schedule, id: event.currentTarget.value })}
            />
            <TextInput
              label={t('schedule.cron')}
              description={t('schedule.cronAbout')}
              inputWrapperOrder={['label', 'input', 'description', 'error']}
              required
              value={schedule.cron}
              onChange={(event) => setSchedule({ ...schedule, cron: event.currentTarget.value })}
            />
          </SimpleGrid>
        )}
        {start.isError && <Failure error={start.error} />}
        <Group>
          <Button type="submit" loading={start.isPending} disabled={missing}>
            {schedule ? t('schedule.save') : t('form.start')}
          </Button>
          <Button
            variant="default"
            onClick={() => setSchedule(schedule ? null : { id: `${kind}-nightly`, cron: '0 3 * * *' })}
          >
            {schedule ? t('schedule.dont') : t('schedule.instead')}
          </Button>
          {start.isSuccess && <Text role="status">{t('form.started')}</Text>}
        </Group>
      </Stack>
    </form>
  )
}
