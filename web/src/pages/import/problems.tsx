import { Alert, List, Text } from '@mantine/core'
import type { ImportPreview } from 'homophily/client'
import { useTranslation } from 'react-i18next'
import { Icon } from '../../ui/icons.tsx'

const TOLD = 8

export function Problems({
  problems,
  title,
}: {
  readonly problems: ImportPreview['problems']
  readonly title: string
}) {
  const { t } = useTranslation('import')
  if (problems.length === 0) return null
  return (
    <Alert color="orange" icon={<Icon name="warning" />} title={title}>
      <List size="sm">
        {problems.slice(0, TOLD).map(({ line, detail }) => (
          <List.Item key={line} className="id">
            {t('problems.line', { line })}: {detail}
          </List.Item>
        ))}
      </List>
      {problems.length > TOLD && (
        <Text size="sm">{t('problems.more', { count: problems.length - TOLD })}</Text>
      )}
    </Alert>
  )
}
