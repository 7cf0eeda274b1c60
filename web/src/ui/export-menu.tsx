/** Members as a file, in the format that somebody's tools read. */
import { Button, Menu } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { download } from '../api/download.ts'
import { Failure } from './states.tsx'

const formats = { csv: 'CSV', jsonl: 'JSON Lines', parquet: 'Parquet' } as const
export type FileFormat = keyof typeof formats

export function ExportMenu({
  path,
  name,
  compact = false,
}: {
  readonly path: (format: FileFormat) => string
  /** What is exported; the file is called so. */
  readonly name: string
  readonly compact?: boolean
}) {
  const { t } = useTranslation()
  const save = useMutation({
    mutationFn: (format: FileFormat) =>
      download(path(format), `${name.replace(/[\\/:*?"<>|]+/g, '-')}.${format}`),
  })
  return (
    <>
      <Menu>
        <Menu.Target>
          <Button
            variant="default"
            loading={save.isPending}
            size={compact ? 'compact-sm' : 'sm'}
            aria-label={t('exportOf', { name })}
          >
            {t('export')}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {Object.entries(formats).map(([format, label]) => (
            <Menu.Item key={format} onClick={() => save.mutate(format as FileFormat)}>
              {label}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
      {save.isError && <Failure error={save.error} />}
    </>
  )
}
