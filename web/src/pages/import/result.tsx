import { Button, Group, Stack, Text } from '@mantine/core'
import type { ImportReport } from 'homophily/client'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../i18n/format.ts'
import { Panel } from '../../ui/panel.tsx'
import { Problems } from './problems.tsx'

export function Result({ report, again }: { readonly report: ImportReport; readonly again: () => void }) {
  const { t } = useTranslation('import')
  const format = useFormat()
  const { kind, stored, duplicates, rejected, problems } = report
  return (
    <Panel title={t('done.title')}>
      <Stack align="flex-start">
        <Text role="status" fz="lg">
          {t(`done.stored.${kind}`, { count: stored, number: format.whole(stored) })}
        </Text>
        {duplicates > 0 && (
          <Text>{t('done.duplicates', { count: duplicates, number: format.whole(duplicates) })}</Text>
        )}
        {rejected > 0 && (
          <Text>{t('done.rejected', { count: rejected, number: format.whole(rejected) })}</Text>
        )}
        <Problems problems={problems} title={t('problems.rejected')} />
        <Text c="dimmed">{t(`done.next.${kind}`)}</Text>
        <Group>
          <Button component={Link} to="/jobs?new=train">
            {t('done.train')}
          </Button>
          <Button variant="default" onClick={again}>
            {t('file.another')}
          </Button>
        </Group>
      </Stack>
    </Panel>
  )
}
