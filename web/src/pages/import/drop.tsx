import { Button, Paper, Stack, Text, Title } from '@mantine/core'
import { type DragEvent, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../../ui/icons.tsx'

const ENDINGS = '.csv,.tsv,.txt,.jsonl,.ndjson,.parquet,.gz,.zst'

/** A place to drop a file on, with a button for those who do not drag. */
export function Drop({ onFile }: { readonly onFile: (file: File) => void }) {
  const { t } = useTranslation('import')
  const input = useRef<HTMLInputElement>(null)
  const [over, setOver] = useState(false)
  const take = (files: FileList | null): void => {
    const [file] = files ?? []
    if (file) onFile(file)
  }
  const drag = (entered: boolean) => (event: DragEvent) => {
    event.preventDefault()
    setOver(entered)
  }
  return (
    <Paper
      withBorder
      p="xl"
      data-testid="drop"
      className="drop"
      mod={{ over }}
      onDragOver={drag(true)}
      onDragEnter={drag(true)}
      onDragLeave={drag(false)}
      onDrop={(event) => {
        drag(false)(event)
        take(event.dataTransfer.files)
      }}
    >
      <Stack align="center" gap="sm" py="xl" ta="center">
        <Icon name="import" size={40} />
        <Title order={2} size="h4">
          {t('drop.title')}
        </Title>
        <Text c="dimmed" maw={560}>
          {t('drop.text')}
        </Text>
        <input
          ref={input}
          type="file"
          accept={ENDINGS}
          hidden
          onChange={(event) => take(event.currentTarget.files)}
        />
        <Button onClick={() => input.current?.click()}>{t('drop.choose')}</Button>
      </Stack>
    </Paper>
  )
}
