/** One user or item: what is known of it. */
import { Button, Card, CloseButton, Group, Loader, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { pathOfUser } from '../../ui/user-link.tsx'
import { Attributes } from './attributes.tsx'
import { useEntity } from './use-entity.ts'

export function Details({
  of,
  id,
  chosen,
  onAdd,
  onClose,
}: {
  readonly of: 'users' | 'items'
  readonly id: string
  readonly chosen: boolean
  readonly onAdd: () => void
  readonly onClose: () => void
}) {
  const { t } = useTranslation(['map', 'common'])
  const entity = useEntity(of, id)
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Title order={2} size="h5" className="id">
          {id}
        </Title>
        <CloseButton aria-label={t('common:close')} onClick={onClose} size="sm" />
      </Group>
      <Stack gap="xs" mt={4}>
        {entity.isPending && <Loader size="xs" aria-label={t('common:loading')} />}
        {entity.isSuccess && entity.data && <Attributes attributes={entity.data.attributes} />}
        {entity.isSuccess && !entity.data && (
          <Text size="xs" c="dimmed">
            {t('details.nothing')}
          </Text>
        )}
        <Group gap="xs">
          <Button size="compact-xs" variant="light" onClick={onAdd} disabled={chosen}>
            {chosen ? t('details.chosen') : t('details.add')}
          </Button>
          {of === 'users' && (
            <Button size="compact-xs" variant="default" component={Link} to={pathOfUser(id)}>
              {t('details.explore')}
            </Button>
          )}
        </Group>
      </Stack>
    </Card>
  )
}
