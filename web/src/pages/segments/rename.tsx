/** The name of a segment, changed in place. It is kept by all versions. */
import { ActionIcon, Button, Group, TextInput, Title } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Segment } from 'homophily/client'
import { useEffect, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/queries.ts'
import { Icon } from '../../ui/icons.tsx'
import { Failure } from '../../ui/states.tsx'
import { Dot } from './dot.tsx'

export function Rename({ segment }: { readonly segment: Segment }) {
  const { t } = useTranslation(['segments', 'common'])
  const [text, setText] = useState<string | null>(null)
  const field = useRef<HTMLInputElement>(null)
  const editing = text !== null
  useEffect(() => {
    if (editing) field.current?.select()
  }, [editing])
  const heading = useRef<HTMLHeadingElement>(null)
  const queries = useQueryClient()
  const rename = useMutation({
    mutationFn: (name: string) => client().renameSegment(segment.id, name),
    async onSuccess() {
      await queries.invalidateQueries({ queryKey: ['segments'] })
      void queries.invalidateQueries({ queryKey: ['map'] })
      close()
    },
  })
  useEffect(() => {
    document.title = `${segment.name} · ${t('common:name')}`
  }, [segment.name, t])

  function close(): void {
    setText(null)
    rename.reset()
    // The field that had the focus is gone.
    requestAnimationFrame(() => heading.current?.focus())
  }
  if (text === null) {
    return (
      <Group gap="xs" wrap="nowrap">
        <Dot id={segment.id} />
        <Title order={1} size="h2" tabIndex={-1} ref={heading} className="id">
          {segment.name}
        </Title>
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('rename.title')}
          onClick={() => setText(segment.name)}
        >
          <Icon name="pencil" size={18} />
        </ActionIcon>
      </Group>
    )
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        rename.mutate(text.trim())
      }}
    >
      <Group gap="xs" align="flex-end">
        <TextInput
          label={t('rename.label')}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          onKeyDown={(event) => event.key === 'Escape' && close()}
          maxLength={200}
          required
          ref={field}
          w={320}
          maw="100%"
        />
        <Button type="submit" loading={rename.isPending} disabled={text.trim() === ''}>
          {t('rename.save')}
        </Button>
        <Button variant="default" onClick={close}>
          {t('common:cancel')}
        </Button>
        {segment.proposedName !== text && (
          <Button variant="subtle" onClick={() => setText(segment.proposedName)}>
            {t('rename.proposed', { name: segment.proposedName })}
          </Button>
        )}
      </Group>
      {rename.isError && <Failure error={rename.error} />}
    </form>
  )
}
