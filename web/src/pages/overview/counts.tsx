import { Card, SimpleGrid, Skeleton, Text } from '@mantine/core'
import type { Overview } from 'homophily/client'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format.ts'

export function Counts({ overview }: { readonly overview: Overview | undefined }) {
  const { t } = useTranslation('overview')
  const format = useFormat()
  const data = overview?.data
  const attributes = (count: number | undefined): string =>
    t('counts.attributes', { count: count ?? 0, number: format.whole(count ?? 0) })
  return (
    <SimpleGrid component="dl" cols={{ base: 1, xs: 3 }} m={0}>
      <Count label={t('counts.events')} value={data && format.whole(data.events)}>
        {data && data.last !== null
          ? t('counts.until', { time: format.moment(data.last) })
          : t('counts.noEvents')}
      </Count>
      <Count label={t('counts.users')} value={data && format.whole(data.users)}>
        {attributes(data?.usersWithAttributes)}
      </Count>
      <Count label={t('counts.items')} value={data && format.whole(data.items)}>
        {attributes(data?.itemsWithAttributes)}
      </Count>
    </SimpleGrid>
  )
}

function Count({
  label,
  value,
  children,
}: {
  readonly label: string
  readonly value: string | undefined
  readonly children: string
}) {
  return (
    <Card withBorder p="md">
      <Text component="dt" size="sm" c="dimmed">
        {label}
      </Text>
      <Text component="dd" m={0} className="figures" fz={28} fw={700} lh={1.3}>
        {value ?? <Skeleton component="span" display="block" height={28} my={4} width={110} />}
      </Text>
      <Text component="dd" m={0} size="sm" c="dimmed">
        {children}
      </Text>
    </Card>
  )
}
