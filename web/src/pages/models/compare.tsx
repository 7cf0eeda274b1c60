import { Button, Checkbox, Group, Stack, Table, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { Job, Models } from 'homophily/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { isOpen } from '../../api/jobs.ts'
import { client, queries } from '../../api/queries.ts'
import { useFormat } from '../../i18n/format.ts'
import { Interval } from '../../ui/interval.tsx'
import { JobLine } from '../../ui/job-line.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure } from '../../ui/states.tsx'
import { Wide } from '../../ui/wide.tsx'

interface Comparison {
  readonly metric: string
  readonly baseline: number
  readonly users: number
  readonly rows: readonly {
    readonly version: number
    readonly method: string
    readonly seconds: number
    readonly interval: { readonly mean: number; readonly low: number; readonly high: number } | null
    readonly difference: { readonly difference: number; readonly low: number; readonly high: number } | null
  }[]
}

/** Versions on one split of the events of now, where their own figures come from different ones. */
export function Compare({ models, jobs }: { readonly models: Models; readonly jobs: readonly Job[] }) {
  const { t } = useTranslation('models')
  const sound = models.versions.filter(({ problem }) => problem === undefined)
  const latest = sound.slice(-2).map(({ version }) => String(version))
  const [chosen, setChosen] = useState<string[] | null>(null)
  const start = useMutation({
    mutationFn: (versions: readonly string[]) =>
      client().createJob({ kind: 'compare', versions: versions.map(Number) }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['jobs'] }),
  })
  const last = jobs.find(({ kind }) => kind === 'compare')
  const value = chosen ?? latest
  return (
    <Panel title={t('compare.title')} lead={t('compare.lead')}>
      <Stack>
        <Checkbox.Group label={t('compare.versions')} value={value} onChange={setChosen}>
          <Group gap="md" mt={6}>
            {sound.map(({ version, method }) => (
              <Checkbox key={version} value={String(version)} label={`${version} · ${method}`} />
            ))}
          </Group>
        </Checkbox.Group>
        {start.isError && <Failure error={start.error} />}
        <Button
          w="fit-content"
          disabled={value.length === 0 || (last !== undefined && isOpen(last))}
          loading={start.isPending}
          onClick={() => start.mutate(value)}
        >
          {t('compare.start')}
        </Button>
        {last && <JobLine job={last} />}
        {last?.status === 'done' && <Outcome comparison={last.result as Comparison} />}
      </Stack>
    </Panel>
  )
}

function Outcome({ comparison: { metric, baseline, users, rows } }: { readonly comparison: Comparison }) {
  const { t } = useTranslation('models')
  const format = useFormat()
  const most = Math.max(...rows.map(({ interval }) => interval?.high ?? 0)) * 1.05
  const signed = (value: number): string => `${value > 0 ? '+' : ''}${format.fixed(value)}`
  return (
    <Stack gap="xs">
      {rows.map(({ version, method, interval }) => (
        <Interval
          key={version}
          label={`${version} · ${method}`}
          labelWidth={140}
          value={interval?.mean ?? 0}
          low={interval?.low}
          high={interval?.high}
          most={most}
        />
      ))}
      <Wide label={t('compare.title')}>
        <Table verticalSpacing={4}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('versions.version')}</Table.Th>
              <Table.Th ta="end">{t('compare.difference', { baseline })}</Table.Th>
              <Table.Th ta="end">{t('compare.seconds')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map(({ version, method, difference, seconds }) => (
              <Table.Tr key={version}>
                <Table.Td>
                  {version} · {method}
                </Table.Td>
                <Table.Td ta="end" className="figures">
                  {difference
                    ? `${signed(difference.difference)} [${signed(difference.low)}, ${signed(difference.high)}]`
                    : t('compare.baseline')}
                </Table.Td>
                <Table.Td ta="end" className="figures">
                  {format.duration(seconds)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Wide>
      <Text size="xs" c="dimmed">
        {t('compare.caution', { metric, count: users, users: format.whole(users) })}
      </Text>
    </Stack>
  )
}
