/** The figures of a picture, folded away until somebody wants them. */
import { Table, Text } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { Wide } from '../wide.tsx'

export function DataTable({
  caption,
  head,
  rows,
}: {
  readonly caption: string
  readonly head: readonly string[]
  readonly rows: readonly (readonly string[])[]
}) {
  const { t } = useTranslation()
  return (
    <details>
      <Text component="summary" size="sm" c="dimmed">
        {t('asTable')}
      </Text>
      <Wide label={caption}>
        <Table className="figures" withRowBorders={false} verticalSpacing={2} w="auto">
          <Table.Thead>
            <Table.Tr>
              {head.map((name) => (
                <Table.Th key={name}>{name}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row, k) => (
              <Table.Tr key={k}>
                {row.map((cell, c) => (
                  <Table.Td key={c}>{cell}</Table.Td>
                ))}
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </Wide>
    </details>
  )
}
