import { Badge, Table, Text } from '@mantine/core'
import type { ImportPreview } from 'homophily/client'
import { useTranslation } from 'react-i18next'
import type { Draft, Field } from './draft.ts'
import { Wide } from '../../ui/wide.tsx'

const SHOWN = 8

export function Rows({ preview, draft }: { readonly preview: ImportPreview; readonly draft: Draft }) {
  const { t } = useTranslation('import')
  const fieldOf = new Map(
    Object.entries(draft.columns).map(([field, column]) => [column, field as Field] as const),
  )
  return (
    <Wide label={t('rows.title')}>
      <Table striped verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            {preview.columns.map(({ name }) => {
              const field = fieldOf.get(name)
              return (
                <Table.Th key={name}>
                  {name}
                  {field !== undefined && (
                    <Badge size="sm" variant="light" ms={6}>
                      {t(`fields.${field}`)}
                    </Badge>
                  )}
                </Table.Th>
              )
            })}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {preview.first.slice(0, SHOWN).map((row, at) => (
            // oxlint-disable-next-line react/no-array-index-key -- rows have no other name
            <Table.Tr key={at}>
              {preview.columns.map(({ name }) => (
                <Table.Td key={name}>
                  <Text size="sm" lineClamp={1} maw={260} className="figures">
                    {show(row[name])}
                  </Text>
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Wide>
  )
}

function show(value: ImportPreview['first'][number][string]): string {
  if (value === null || value === undefined) return '–'
  return Array.isArray(value) ? value.join(' | ') : String(value)
}
