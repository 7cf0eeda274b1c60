import { Badge, Button, Group, Modal, Stack, Table, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import type { Models } from 'homophily/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { intervalsOf, type Version } from '../../api/jobs.ts'
import { client, queries } from '../../api/queries.ts'
import { useFormat } from '../../i18n/format.ts'
import { Panel } from '../../ui/panel.tsx'
import { Failure } from '../../ui/states.tsx'
import { Wide } from '../../ui/wide.tsx'

const METRICS = ['ndcg@20', 'recall@20'] as const

/** What is asked before it is done. */
type Question = { readonly what: 'promote' | 'delete'; readonly version: number }

export function Versions({ models }: { readonly models: Models }) {
  const { t } = useTranslation('models')
  const [question, setQuestion] = useState<Question | null>(null)
  const versions = models.versions.toSorted((a, b) => b.version - a.version)
  const before = versions.find(({ version }) => version < (models.inService ?? 0))
  return (
    <Panel
      title={t('versions.title')}
      lead={t('versions.lead')}
      actions={
        before && (
          <Button
            variant="default"
            size="xs"
            onClick={() => setQuestion({ what: 'promote', version: before.version })}
          >
            {t('versions.rollBack', { version: before.version })}
          </Button>
        )
      }
    >
      <Wide label={t('versions.title')}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('versions.version')}</Table.Th>
              <Table.Th>{t('versions.method')}</Table.Th>
              {METRICS.map((name) => (
                <Table.Th key={name} ta="end">
                  {name}
                </Table.Th>
              ))}
              <Table.Th>{t('versions.data')}</Table.Th>
              <Table.Th>
                <Text span size="xs" className="unseen">
                  {t('versions.actions')}
                </Text>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {versions.map((version) => (
              <Row key={version.version} version={version} onAsk={setQuestion} />
            ))}
          </Table.Tbody>
        </Table>
      </Wide>
      <Text size="xs" c="dimmed" mt="xs">
        {t('versions.caution')}
      </Text>
      {question && (
        <Confirm question={question} inService={models.inService} onClose={() => setQuestion(null)} />
      )}
    </Panel>
  )
}

function Row({
  version: each,
  onAsk,
}: {
  readonly version: Version
  readonly onAsk: (question: Question) => void
}) {
  const { t } = useTranslation('models')
  const format = useFormat()
  const { version, inService, method, created, metrics = {}, problem, config = {} } = each
  const intervals = intervalsOf(each)
  const { events } = (each.data ?? {}) as { readonly events?: { readonly count?: number } }
  const settings = Object.entries(config)
    .filter(([, value]) => value !== null && typeof value !== 'object')
    .map(([name, value]) => `${name} ${String(value)}`)
    .join(', ')
  return (
    <Table.Tr>
      <Table.Td className="figures">
        <b>{version}</b>
      </Table.Td>
      <Table.Td miw={180}>
        {problem === undefined ? (
          <>
            <Group gap={6}>
              {method}
              {inService && (
                <Badge size="sm" variant="light">
                  {t('versions.inService')}
                </Badge>
              )}
            </Group>
            <Text size="xs" c="dimmed" lineClamp={2} title={settings}>
              {settings}
            </Text>
          </>
        ) : (
          <Text size="sm" c="var(--mantine-color-error)" className="id">
            {problem}
          </Text>
        )}
      </Table.Td>
      {METRICS.map((name) => {
        const interval = intervals[name]
        return (
          <Table.Td key={name} ta="end" className="figures">
            {metrics[name] === undefined ? '–' : format.fixed(metrics[name])}
            {interval && (
              <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
                [{format.fixed(interval.low)}, {format.fixed(interval.high)}]
              </Text>
            )}
          </Table.Td>
        )
      })}
      <Table.Td className="figures">
        {events?.count !== undefined &&
          t('versions.events', { count: events.count, number: format.whole(events.count) })}
        {created !== undefined && (
          <Text size="xs" c="dimmed" style={{ whiteSpace: 'nowrap' }}>
            {format.moment(Date.parse(created))}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        {!inService && (
          <Group gap={6} wrap="nowrap" justify="flex-end">
            <Button
              size="compact-sm"
              variant="light"
              aria-label={t('versions.promoteThis', { version })}
              onClick={() => onAsk({ what: 'promote', version })}
            >
              {t('versions.promote')}
            </Button>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={t('versions.deleteThis', { version })}
              onClick={() => onAsk({ what: 'delete', version })}
            >
              {t('versions.delete')}
            </Button>
          </Group>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

function Confirm({
  question: { what, version },
  inService,
  onClose,
}: {
  readonly question: Question
  readonly inService: number | null
  readonly onClose: () => void
}) {
  const { t } = useTranslation('models')
  const common = useTranslation().t
  const act = useMutation({
    mutationFn: () => (what === 'promote' ? client().rollback(version) : client().deleteVersion(version)),
    async onSuccess() {
      await queries.invalidateQueries()
      onClose()
    },
  })
  return (
    <Modal
      opened
      onClose={onClose}
      title={t(`confirm.${what}.title`, { version })}
      closeButtonProps={{ 'aria-label': common('close') }}
    >
      <Stack>
        <Text>{t(`confirm.${what}.text`, { version, inService: inService ?? '–' })}</Text>
        {act.isError && <Failure error={act.error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {common('cancel')}
          </Button>
          <Button
            data-autofocus
            loading={act.isPending}
            {...(what === 'delete' ? { color: 'red.9' } : {})}
            onClick={() => act.mutate()}
          >
            {t(`confirm.${what}.do`)}
          </Button>
        </Group>
      </Stack>
    </Modal>
  )
}
