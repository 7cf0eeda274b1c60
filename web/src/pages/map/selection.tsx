/** What is chosen on the map, and what can be made of it. */
import { Alert, Anchor, Button, Card, Group, Stack, Text, TextInput, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { client } from '../../api/queries.ts'
import { useFormat } from '../../i18n/format.ts'
import { Failure } from '../../ui/states.tsx'
import { type Colouring, countByCategory } from './scene.ts'

const SHOWN = 5

export function Selection({
  of,
  rows,
  ids,
  colouring,
  onClear,
}: {
  readonly of: 'users' | 'items'
  readonly rows: readonly number[]
  readonly ids: readonly string[] | null
  readonly colouring: Colouring
  readonly onClear: () => void
}) {
  const { t } = useTranslation('map')
  const { whole, share } = useFormat()
  const [name, setName] = useState('')
  const queries = useQueryClient()
  const save = useMutation({
    mutationFn: () => client().createAudience({ name: name.trim(), members: rows.map((row) => ids![row]) }),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['audiences'] }),
  })
  const parts = countByCategory(colouring, rows)
  return (
    <Card withBorder padding="sm">
      <Title order={2} size="h5">
        {t('selection.title')}
      </Title>
      <Text size="sm" role="status" mt={4}>
        {rows.length === 0 ? t('selection.none') : t('selection.count', { count: rows.length })}
      </Text>
      {rows.length > 0 && (
        <Stack gap="xs" mt="xs">
          {parts.slice(0, SHOWN).map(({ label, count }) => (
            <Group key={label} justify="space-between" gap="xs" wrap="nowrap">
              <Text size="xs" className="id">
                {label}
              </Text>
              <Text size="xs" c="dimmed" className="figures">
                {whole(count)} · {share(count / rows.length)}
              </Text>
            </Group>
          ))}
          {of === 'users' && (
            <form
              onSubmit={(event) => {
                event.preventDefault()
                save.mutate()
              }}
            >
              <Stack gap="xs">
                <TextInput
                  size="xs"
                  label={t('selection.name')}
                  value={name}
                  onChange={(event) => {
                    setName(event.currentTarget.value)
                    save.reset()
                  }}
                  maxLength={200}
                  required
                />
                <Group gap="xs">
                  <Button
                    type="submit"
                    size="compact-sm"
                    loading={save.isPending}
                    disabled={name.trim() === '' || !ids}
                  >
                    {t('selection.save')}
                  </Button>
                  <Button
                    size="compact-sm"
                    variant="default"
                    component={Link}
                    to="/lookalikes"
                    state={{ seeds: rows.map((row) => ids?.[row] ?? '') }}
                  >
                    {t('selection.seeds')}
                  </Button>
                  <Button size="compact-sm" variant="subtle" onClick={onClear}>
                    {t('selection.clear')}
                  </Button>
                </Group>
              </Stack>
            </form>
          )}
          {of === 'items' && (
            <Button size="compact-sm" variant="subtle" onClick={onClear} w="fit-content">
              {t('selection.clear')}
            </Button>
          )}
          {save.isError && <Failure error={save.error} />}
          {save.isSuccess && (
            <Alert color="sea" p="xs">
              {t('selection.saved', { name: save.data.name })}{' '}
              <Anchor component={Link} to="/lookalikes#audiences" size="sm">
                {t('selection.toAudiences')}
              </Anchor>
            </Alert>
          )}
        </Stack>
      )}
    </Card>
  )
}
