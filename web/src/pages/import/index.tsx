/** Files into the store: drop one, see what it holds, say what its columns mean, import it. */
import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client, queries } from '../../api/queries.ts'
import { useFormat } from '../../i18n/format.ts'
import { PageHead } from '../../ui/page.tsx'
import { Panel } from '../../ui/panel.tsx'
import { Failure, Loading } from '../../ui/states.tsx'
import { Drop } from './drop.tsx'
import { FileFacts, type Reading } from './file-facts.tsx'
import { MapColumns } from './map-columns.tsx'
import { Problems } from './problems.tsx'
import { Result } from './result.tsx'
import { Rows } from './rows.tsx'
import { begin, type Draft, mappingOf, missingFields } from './draft.ts'

/** Of a longer text file, so much is looked at. */
const BEGINNING = 2 ** 20

interface Chosen {
  readonly file: File
  /** Tells two files of one name apart. */
  readonly number: number
}

export default function Import() {
  const { t } = useTranslation('import')
  const [chosen, setChosen] = useState<Chosen | null>(null)
  return (
    <>
      <PageHead title={t('title')} lead={t('lead')} />
      {chosen ? (
        <Chosen key={chosen.number} {...chosen} again={() => setChosen(null)} />
      ) : (
        <Drop onFile={(file) => setChosen({ file, number: performance.now() })} />
      )}
    </>
  )
}

function Chosen({ file, number, again }: Chosen & { readonly again: () => void }) {
  const { t } = useTranslation('import')
  const format = useFormat()
  const [reading, setReading] = useState<Reading>({})
  const [draft, setDraft] = useState<Draft | null>(null)
  const whole = file.name.toLowerCase().endsWith('.parquet') || file.size <= BEGINNING
  const preview = useQuery({
    queryKey: ['preview', number, reading],
    queryFn: () =>
      client().previewImport(whole ? file : file.slice(0, BEGINNING), {
        name: file.name,
        partial: !whole,
        ...reading,
      }),
    staleTime: Infinity,
    gcTime: 0,
  })
  const send = useMutation({
    mutationFn: ({ draft, dryRun }: { readonly draft: Draft; readonly dryRun: boolean }) =>
      client().importFile(file, {
        name: file.name,
        kind: draft.kind,
        ...(reading.delimiter === undefined ? {} : { delimiter: reading.delimiter }),
        mapping: mappingOf(draft),
        maxBadRows: draft.badShare / 100,
        dryRun,
      }),
    onSuccess: () => queries.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'preview' }),
  })
  const current = draft ?? (preview.data ? begin(preview.data) : null)
  const missing = current ? missingFields(current) : []
  const change = (next: Draft): void => {
    send.reset()
    setDraft(next)
  }
  if (send.data && !send.data.dryRun) return <Result report={send.data} again={again} />
  return (
    <Stack>
      <FileFacts
        file={file}
        preview={preview.data}
        reading={reading}
        again={again}
        onReading={(next) => {
          send.reset()
          setDraft(null)
          setReading(next)
        }}
      />
      {preview.isPending && <Loading height={420} />}
      {preview.isError && <Failure error={preview.error} retry={() => void preview.refetch()} />}
      {preview.data && current && (
        <>
          <MapColumns preview={preview.data} draft={current} onChange={change} />
          <Panel title={t('rows.title')} lead={t('rows.lead')}>
            <Rows preview={preview.data} draft={current} />
          </Panel>
          <Problems problems={preview.data.problems} title={t('problems.preview')} />
          {send.isError && <Failure error={send.error} />}
          {send.data && (
            <Stack gap="xs">
              <Text role="status">
                {t('checked', { count: send.data.rows, rejected: send.data.rejected })}
              </Text>
              <Problems problems={send.data.problems} title={t('problems.rejected')} />
            </Stack>
          )}
          {missing.length > 0 && (
            <Text role="status" c="var(--mantine-color-error)">
              {t('missing', { fields: format.list(missing.map((field) => t(`fields.${field}`))) })}
            </Text>
          )}
          <Group>
            <Button
              disabled={missing.length > 0}
              loading={send.isPending && !send.variables.dryRun}
              onClick={() => send.mutate({ draft: current, dryRun: false })}
            >
              {t('import')}
            </Button>
            <Button
              variant="default"
              disabled={missing.length > 0}
              loading={send.isPending && send.variables.dryRun}
              onClick={() => send.mutate({ draft: current, dryRun: true })}
            >
              {t('check')}
            </Button>
          </Group>
        </>
      )}
    </Stack>
  )
}
