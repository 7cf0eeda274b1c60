/** The head of a page: its title, which gets the focus when the page is opened, and a line that says what it is for. */
import { Group, Stack, Text, Title } from '@mantine/core'
import { type ReactNode, useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'

/** Where the first page was opened: its title does not take the focus from the address bar. */
let first = true

export function PageHead({
  title,
  lead,
  actions,
}: {
  readonly title: string
  readonly lead?: ReactNode
  readonly actions?: ReactNode
}) {
  const { t } = useTranslation()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => {
    document.title = `${title} · ${t('name')}`
  }, [title, t])
  useEffect(() => {
    if (!first) heading.current?.focus()
    first = false
  }, [])
  return (
    <Group justify="space-between" align="flex-start" mb="lg" gap="sm">
      <Stack gap={4}>
        <Title order={1} size="h2" ref={heading} tabIndex={-1}>
          {title}
        </Title>
        {lead && (
          <Text c="dimmed" maw={760}>
            {lead}
          </Text>
        )}
      </Stack>
      {actions}
    </Group>
  )
}
