/** Audiences that were saved: files, making them anew, throwing them away. */
import { Alert, Badge, Button, Group, Modal, Stack, Table, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Audience } from 'homophily/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/queries.ts'
import { useFormat } from '../../i18n/format.ts'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'
import { useAudiences } from './use-audiences.ts'
import { Wide } from '../../ui/wide.tsx'

export function Audiences() {
  const { t } = useTranslation('lookalikes')
  const audiences = useAudiences()
  if (audiences.isPending) return <Loading />
  if (audiences.isError) return <Failure error={audiences.error} retry={() => void audiences.refetch()} />
  if (audiences.data.items.length === 0) {
    return <Empty title={t('audiences.empty')}>{t('audiences.emptyTodo')}</Empty>
  }
  return (
    <Wide label={t('audiences.title')}>
      <Table verticalSpacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('audiences.name')}</Table.Th>
            <Table.Th ta="right" miw={72}>
              {t('audiences.size')}
            </Table.Th>
            <Table.Th>{t('audiences.refreshed')}</Table.Th>
            <Table.Th>{t('audiences.actions')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {audiences.data.items.map((audience) => (
            <Row key={audience.id} audience={audience} />
          ))}
        </Table.Tbody>
      </Table>
    </Wide>
  )
}

function Row({ audience }: { readonly audience: Audience }) {
  const { t } = useTranslation(['lookalikes', 'common'])
  const { whole, moment } = useFormat()
  const queries = useQueryClient()
  const [asking, setAsking] = useState(false)
  const again = () => queries.invalidateQueries({ queryKey: ['audiences'] })
  const refresh = useMutation({ mutationFn: () => client().refreshAudience(audience.id), onSuccess: again })
  const remove = useMutation({ mutationFn: () => client().deleteAudience(audience.id), onSuccess: again })
  const { id, name } = audience
  return (
    <Table.Tr>
      <Table.Td miw={170}>
        <Stack gap={4}>
          <Group gap="xs">
            <Text span fw={600} className="id">
              {name}
            </Text>
            <Badge variant="default" tt="none" fw={400}>
              {t(`audiences.kind.${audience.kind}`)}
            </Badge>
          </Group>
          {refresh.isError && <Failure error={refresh.error} />}
          {remove.isError && <Failure error={remove.error} />}
          {refresh.isSuccess && (
            <Alert color="sea" p="xs" role="status">
              <Text size="sm">
                {t('audiences.change', {
                  added: whole(refresh.data.added),
                  removed: whole(refresh.data.removed),
                  kept: whole(refresh.data.kept),
                })}
              </Text>
              <Change label={t('audiences.came')} ids={refresh.data.addedIds} />
              <Change label={t('audiences.went')} ids={refresh.data.removedIds} />
            </Alert>
          )}
        </Stack>
      </Table.Td>
      <Table.Td ta="right" className="figures">
        {whole(audience.size)}
      </Table.Td>
      <Table.Td miw={130}>{moment(Date.parse(audience.refreshed))}</Table.Td>
      <Table.Td>
        <Group gap="xs" wrap="nowrap">
          <ExportMenu
            compact
            name={name}
            path={(format) => `/v1/audiences/${encodeURIComponent(id)}/members?format=${format}`}
          />
          <Button
            size="compact-sm"
            variant="default"
            loading={refresh.isPending}
            onClick={() => refresh.mutate()}
            aria-label={t('audiences.refreshOf', { name })}
          >
            {t('audiences.refresh')}
          </Button>
          <Button
            size="compact-sm"
            variant="subtle"
            color="red"
            onClick={() => setAsking(true)}
            aria-label={t('audiences.deleteOf', { name })}
          >
            {t('audiences.delete')}
          </Button>
        </Group>
        <Modal
          opened={asking}
          onClose={() => setAsking(false)}
          title={t('audiences.sure', { name })}
          closeButtonProps={{ 'aria-label': t('common:close') }}
        >
          <Text size="sm" mb="md">
            {t('audiences.sureTodo')}
          </Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => setAsking(false)}>
              {t('common:cancel')}
            </Button>
            <Button
              color="red"
              loading={remove.isPending}
              onClick={() => {
                setAsking(false)
                remove.mutate()
              }}
            >
              {t('audiences.delete')}
            </Button>
          </Group>
        </Modal>
      </Table.Td>
    </Table.Tr>
  )
}

function Change({ label, ids }: { readonly label: string; readonly ids: readonly string[] }) {
  if (ids.length === 0) return null
  return (
    <details>
      <Text component="summary" size="xs">
        {label}
      </Text>
      <Text size="xs" className="id">
        {ids.join(', ')}
      </Text>
    </details>
  )
}
