/** Asks for the key that the service wants. */
import { Button, Card, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { setKey, useKeyState } from '../api/key.ts'
import { queries } from '../api/queries.ts'

export function KeyPage() {
  const { t } = useTranslation()
  const { key } = useKeyState()
  const [text, setText] = useState('')
  return (
    <Card withBorder maw={480} mx="auto" mt="xl">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          setKey(text.trim())
          void queries.resetQueries()
        }}
      >
        <Stack>
          <Title order={1} size="h3">
            {t('key.title')}
          </Title>
          <Text c="dimmed" size="sm">
            {t('key.lead')}
          </Text>
          <PasswordInput
            label={t('key.label')}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            error={key === null ? null : t('key.wrong')}
            autoComplete="off"
            required
            data-autofocus
          />
          <Button type="submit" disabled={text.trim() === ''}>
            {t('key.use')}
          </Button>
        </Stack>
      </form>
    </Card>
  )
}
