/** What was found: how good it is, who they are, and keeping it. */
import { Alert, Button, Group, Stack, Table, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { LookalikeRequest, Lookalikes } from 'homophily/client'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/queries.ts'
import { useFormat } from '../../i18n/format.ts'
import { ExportMenu } from '../../ui/export-menu.tsx'
import { Failure } from '../../ui/states.tsx'
import { RecallCurve } from './recall-curve.tsx'
import { UserLink } from '../../ui/user-link.tsx'

const FIRST = 20

export function Result({
  result,
  recipe,
}: {
  readonly result: Lookalikes
  readonly recipe: LookalikeRequest
}) {
  const { t } = useTranslation('lookalikes')
  const { fixed } = useFormat()
  const [all, setAll] = useState(false)
  const { seeds, members } = result
  return (
    <Stack gap="md">
      <div>
        <Title order={2} size="h4">
          {t('result.title', { count: result.total })}
        </Title>
        <Text size="sm" c="dimmed" role="status">
          {t('result.seeds', { known: seeds.known, given: seeds.given })}
          {result.suppressed > 0 && ` ${t('result.suppressed', { count: result.suppressed })}`}
        </Text>
      </div>
      {seeds.unknown.length > 0 && (
        <Alert color="yellow" title={t('result.unknown', { count: seeds.given - seeds.known })}>
          <Text size="sm" className="id">
            {seeds.unknown.slice(0, FIRST).join(', ')}
            {seeds.unknown.length > FIRST && ' …'}
          </Text>
        </Alert>
      )}
      <RecallCurve result={result} />
      <Save recipe={recipe} />
      <div>
        <Title order={3} size="h5" mb={4}>
          {t('result.members')}
        </Title>
        <Table verticalSpacing={2} className="figures" maw={520}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('result.user')}</Table.Th>
              <Table.Th ta="right">{t('result.score')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {members.slice(0, all ? members.length : FIRST).map(({ id, score }) => (
              <Table.Tr key={id}>
                <Table.Td>
                  <UserLink id={id} />
                </Table.Td>
                <Table.Td ta="right">{score === null ? '–' : fixed(score, 3)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
        {members.length > FIRST && (
          <Button variant="subtle" size="compact-sm" onClick={() => setAll(!all)} aria-expanded={all}>
            {all ? t('result.fewer') : t('result.more', { count: members.length })}
          </Button>
        )}
      </div>
    </Stack>
  )
}

/** A saved audience keeps its recipe, so that it can be made anew later. */
function Save({ recipe }: { readonly recipe: LookalikeRequest }) {
  const { t } = useTranslation('lookalikes')
  const [name, setName] = useState('')
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: () => client().createAudience({ name: name.trim(), lookalike: recipe }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['audiences'] }),
  })
  if (save.isSuccess) {
    return (
      <Alert color="sea" role="status">
        <Group gap="sm">
          {t('save.saved', { name: save.data.name, count: save.data.size })}
          <ExportMenu
            compact
            name={save.data.name}
            path={(format) => `/v1/audiences/${encodeURIComponent(save.data.id)}/members?format=${format}`}
          />
        </Group>
      </Alert>
    )
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Group gap="sm" align="flex-end">
        <TextInput
          label={t('save.name')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          maxLength={200}
          required
          w={280}
          maw="100%"
        />
        <Button type="submit" loading={save.isPending} disabled={name.trim() === ''}>
          {t('save.save')}
        </Button>
      </Group>
      {save.isError && <Failure error={save.error} />}
    </form>
  )
}
