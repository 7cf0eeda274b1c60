/** Segments with their sizes and what they are known by. */
import { Anchor, Badge, Group, Stack, Table, Text } from '@mantine/core'
import type { Segments } from 'homophily/client'
import { useTranslation } from 'react-i18next'
import { Link } from 'react-router'
import { useFormat } from '../../i18n/format.ts'
import { segmentColour } from './colour.ts'
import { Dot } from './dot.tsx'
import { useTrait } from './trait.ts'

export function SegmentTable({ segments }: { readonly segments: Segments }) {
  const { t } = useTranslation('segments')
  const { whole, share, fixed } = useFormat()
  const most = Math.max(...segments.items.map((item) => item.share), 1e-9)
  const current = segments.versions.find(({ inService }) => inService)?.version === segments.version
  return (
    <Table verticalSpacing="sm" highlightOnHover>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('table.segment')}</Table.Th>
          <Table.Th w="34%">{t('table.size')}</Table.Th>
          <Table.Th visibleFrom="sm">{t('table.stability')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {segments.items.map((item) => (
          <Table.Tr key={item.id}>
            <Table.Td>
              <Stack gap={4}>
                <Group gap={8} wrap="nowrap">
                  <Dot id={item.id} />
                  <Anchor
                    component={Link}
                    to={`/segments/${item.id}${current ? '' : `?version=${segments.version}`}`}
                    fw={600}
                    className="id"
                  >
                    {item.name}
                  </Anchor>
                </Group>
                <Traits item={item} />
              </Stack>
            </Table.Td>
            <Table.Td>
              <svg
                width="100%"
                height={10}
                viewBox="0 0 100 10"
                preserveAspectRatio="none"
                aria-hidden="true"
                style={{ display: 'block' }}
              >
                <rect width={(100 * item.share) / most} height={10} fill={segmentColour(item.id)} />
              </svg>
              <Text size="sm" className="figures">
                {whole(item.size)}{' '}
                <Text span c="dimmed" size="sm">
                  {share(item.share, 1)}
                </Text>
              </Text>
            </Table.Td>
            <Table.Td visibleFrom="sm" className="figures">
              {item.stability === null ? '–' : fixed(item.stability, 2)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Traits({ item }: { readonly item: Segments['items'][number] }) {
  const trait = useTrait()
  const { fixed } = useFormat()
  return (
    <Group gap={6}>
      {item.top.map(({ attribute, item: thing, value, lift }) => {
        const text = attribute === undefined ? value : trait(attribute, value)
        return (
          <Badge key={thing ?? text} variant="default" tt="none" fw={400} maw={220}>
            {text} ×{fixed(lift, 1)}
          </Badge>
        )
      })}
    </Group>
  )
}
