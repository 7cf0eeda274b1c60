import { Button, Group, Stack, Text } from '@mantine/core'
import type { Models } from 'homophily/client'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { intervalsOf } from '../../api/jobs.ts'
import { useFormat } from '../../i18n/format.ts'
import { Interval } from '../../ui/interval.tsx'
import { Empty } from '../../ui/states.tsx'

const SHOWN = ['ndcg@10', 'recall@10', 'ndcg@20', 'recall@20'] as const

export function ModelInService({
  models,
  since,
}: {
  readonly models: Models
  readonly since: number | null
}) {
  const { t } = useTranslation('overview')
  const format = useFormat()
  const version = models.versions.find(({ inService }) => inService)
  if (!version) {
    return (
      <Empty
        title={t('model.none')}
        action={
          <Button component={Link} to="/jobs">
            {t('model.train')}
          </Button>
        }
      >
        {t('model.noneText')}
      </Empty>
    )
  }
  const { metrics = {}, created } = version
  const intervals = intervalsOf(version)
  const shown = SHOWN.filter((name) => metrics[name] !== undefined)
  const most = Math.max(...shown.map((name) => intervals[name]?.high ?? metrics[name])) * 1.05
  return (
    <Stack gap="xs">
      <Text>
        <b>{version.method}</b>, {t('model.version', { version: version.version })}
        {created !== undefined && ` · ${t('model.trained', { ago: format.ago(Date.parse(created)) })}`}
      </Text>
      {shown.length === 0 && <Text c="dimmed">{t('model.notEvaluated')}</Text>}
      {shown.map((name) => (
        <Interval
          key={name}
          label={name}
          value={metrics[name]}
          low={intervals[name]?.low}
          high={intervals[name]?.high}
          most={most}
        />
      ))}
      {shown.length > 0 && (
        <Text size="xs" c="dimmed">
          {t('model.figures')}
        </Text>
      )}
      <Group justify="space-between">
        <Text size="sm">
          {since !== null && t('model.since', { count: since, number: format.whole(since) })}
        </Text>
        <Button component={Link} to="/models" variant="default" size="xs">
          {t('model.all')}
        </Button>
      </Group>
    </Stack>
  )
}
