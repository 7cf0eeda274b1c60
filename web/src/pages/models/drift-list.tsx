/** Who moved most. */
import { Button, Stack, Table, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format.ts'
import { useColours } from '../../ui/colours.ts'
import { UserLink } from '../../ui/user-link.tsx'
import type { DriftKind, Summary } from './drift.tsx'

const SHOWN = 10
/** Opposite directions. */
const MOST = 2

export function DriftList({ kind, most }: { readonly kind: DriftKind; readonly most: Summary['most'] }) {
  const { t } = useTranslation('models')
  const { fixed } = useFormat()
  const { series, grid } = useColours()
  const [all, setAll] = useState(false)
  return (
    <Stack gap={4}>
      <Title order={3} size="h5">
        {t('drift.most')}
      </Title>
      <Table className="figures" verticalSpacing={2} withRowBorders={false} maw={560}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t('drift.id')}</Table.Th>
            <Table.Th ta="end">{t('drift.value')}</Table.Th>
            <Table.Td visibleFrom="xs" w="45%" />
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {most.slice(0, all ? undefined : SHOWN).map(({ id, drift }) => (
            <Table.Tr key={id}>
              <Table.Td>
                {kind === 'users' ? (
                  <UserLink id={id} />
                ) : (
                  <Text size="sm" className="id">
                    {id}
                  </Text>
                )}
              </Table.Td>
              <Table.Td ta="end">{fixed(drift)}</Table.Td>
              <Table.Td visibleFrom="xs">
                <svg width="100%" height={12} aria-hidden="true">
                  <rect width="100%" height={8} y={2} fill={grid} />
                  <rect width={`${(100 * drift) / MOST}%`} height={8} y={2} fill={series[0]} />
                </svg>
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {!all && most.length > SHOWN && (
        <Button variant="default" size="compact-sm" w="fit-content" onClick={() => setAll(true)}>
          {t('drift.more', { count: most.length })}
        </Button>
      )}
    </Stack>
  )
}
