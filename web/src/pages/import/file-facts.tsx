import { Button, Group, SegmentedControl, Select, Stack, Text } from '@mantine/core'
import type { ImportPreview } from 'homophily/client'
import { useId } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format.ts'
import { Panel } from '../../ui/panel.tsx'
import { type Kind, kinds } from './draft.ts'

/** How the file is read; what is left out is found out. */
export interface Reading {
  readonly kind?: Kind
  readonly delimiter?: string
}

export function FileFacts({
  file,
  preview,
  reading,
  onReading,
  again,
}: {
  readonly file: File
  readonly preview: ImportPreview | undefined
  readonly reading: Reading
  readonly onReading: (reading: Reading) => void
  readonly again: () => void
}) {
  const { t } = useTranslation('import')
  const format = useFormat()
  const kindLabel = useId()
  const megabytes = file.size / 2 ** 20
  const size =
    megabytes >= 1
      ? t('file.megabytes', { size: format.fixed(megabytes, 1) })
      : t('file.kilobytes', { size: format.whole(Math.ceil(file.size / 1024)) })
  return (
    <Panel
      title={file.name}
      lead={
        preview
          ? `${size} · ${preview.format} · ${
              preview.complete
                ? t('file.rows', { count: preview.rows, number: format.whole(preview.rows) })
                : t('file.firstRows', { count: preview.rows, number: format.whole(preview.rows) })
            }`
          : size
      }
      actions={
        <Button variant="default" size="xs" onClick={again}>
          {t('file.another')}
        </Button>
      }
    >
      <Group align="flex-end" gap="lg">
        <Stack gap={4}>
          <Text size="sm" fw={500} id={kindLabel}>
            {t('file.kind')}
          </Text>
          <SegmentedControl
            aria-labelledby={kindLabel}
            value={reading.kind ?? preview?.kind ?? 'events'}
            disabled={!preview}
            data={kinds.map((kind) => ({ value: kind, label: t(`kinds.${kind}`) }))}
            onChange={(kind) => onReading({ ...reading, kind: kind })}
          />
        </Stack>
        {(preview?.format === 'csv' || reading.delimiter !== undefined) && (
          <Select
            label={t('file.delimiter')}
            w={180}
            value={reading.delimiter ?? 'auto'}
            allowDeselect={false}
            data={[
              { value: 'auto', label: t('file.foundOut') },
              { value: ',', label: t('delimiters.comma') },
              { value: ';', label: t('delimiters.semicolon') },
              { value: '\t', label: t('delimiters.tab') },
              { value: '|', label: t('delimiters.bar') },
            ]}
            onChange={(delimiter) =>
              onReading(
                delimiter === 'auto' || delimiter === null
                  ? reading.kind === undefined
                    ? {}
                    : { kind: reading.kind }
                  : { ...reading, delimiter },
              )
            }
          />
        )}
      </Group>
    </Panel>
  )
}
