import { Badge, Box, Group, Stack, Text } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import type { Entity, Recommendations, Ways } from 'homophily/client'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/queries.ts'
import { useFormat } from '../../i18n/format.ts'
import { useColours } from '../../ui/colours.ts'
import { Panel } from '../../ui/panel.tsx'
import { Empty, Failure, Loading } from '../../ui/states.tsx'

/** What the user would be shown, and how that differs from what they would be shown by score alone. */
export function Answer({
  user,
  ways,
  items,
}: {
  readonly user: string
  readonly ways: Ways
  readonly items: readonly Entity[]
}) {
  const { t } = useTranslation('explorer')
  const ask = (ways: Ways) => ({
    queryKey: ['recommend', user, ways],
    queryFn: () => client().recommend(user, { ...ways, explain: true, preview: true }),
    placeholderData: keepPreviousData,
  })
  const answer = useQuery(ask(ways))
  const before = useQuery(ask({ n: ways.n ?? 10 }))
  const changed = ways.diversity !== undefined || ways.includeSeen === true || ways.filter !== undefined
  const attributes = new Map(items.map((item) => [item.id, item.attributes]))
  return (
    <Panel
      title={t('answer.title')}
      lead={answer.data ? t(`answer.rungs.${answer.data.rung}`, { version: answer.data.model.version }) : ' '}
    >
      {answer.isError ? (
        <Failure error={answer.error} retry={() => void answer.refetch()} />
      ) : !answer.data ? (
        <Loading height={420} />
      ) : answer.data.items.length === 0 ? (
        <Empty title={t('answer.none')}>{t('answer.noneText')}</Empty>
      ) : (
        <List answer={answer.data} before={changed ? (before.data ?? null) : null} attributes={attributes} />
      )}
    </Panel>
  )
}

function List({
  answer,
  before,
  attributes,
}: {
  readonly answer: Recommendations
  readonly before: Recommendations | null
  readonly attributes: ReadonlyMap<string, Entity['attributes']>
}) {
  const { t } = useTranslation('explorer')
  const format = useFormat()
  const { series, grid } = useColours()
  const learnt = answer.rung === 'trained' || answer.rung === 'folded-in'
  const scores = answer.items.map(({ score }) => score)
  const [most, least] = [Math.max(...scores), Math.min(...scores, 0)]
  const places = new Map(before?.items.map(({ id }, at) => [id, at]))
  const shown = new Set(answer.items.map(({ id }) => id))
  const gone = before?.items.filter(({ id }) => !shown.has(id)) ?? []
  return (
    <Stack gap="sm">
      <Stack component="ol" gap="sm" m={0} p={0}>
        {answer.items.map(({ id, score, because }, at) => (
          <Box component="li" key={id} style={{ listStyle: 'none' }}>
            <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
              <Group gap={6}>
                <Text c="dimmed" size="sm" className="figures" miw={22} component="span">
                  {at + 1}
                </Text>
                <Text fw={600} component="span" className="id">
                  {id}
                </Text>
                {before && <Move from={places.get(id)} to={at} />}
              </Group>
              <Text size="sm" className="figures">
                {format.fixed(score)}
              </Text>
            </Group>
            <svg width="100%" height={5} aria-hidden="true" display="block">
              <rect width="100%" height="5" rx="2" fill={grid} />
              <rect
                width={`${most > least ? (100 * (score - least)) / (most - least) : 100}%`}
                height="5"
                rx="2"
                fill={series[0]}
              />
            </svg>
            <Text size="sm" c="dimmed" className="id">
              {because
                ? t('answer.because', {
                    count: because.people,
                    people: format.whole(because.people),
                    item: because.item,
                  })
                : // Of whom no history is known, the rung has said why.
                  learnt && t('answer.noReason')}
              {words(attributes.get(id))}
            </Text>
          </Box>
        ))}
      </Stack>
      {gone.length > 0 && (
        <Text size="sm" role="status" className="id">
          {t('answer.gone')} {gone.map(({ id }) => id).join(', ')}
        </Text>
      )}
    </Stack>
  )
}

/** How the place differs from the one without filters and diversity. */
function Move({ from, to }: { readonly from: number | undefined; readonly to: number }) {
  const { t } = useTranslation('explorer')
  if (from === to) return null
  if (from === undefined) {
    return (
      <Badge size="sm" variant="light">
        {t('answer.new')}
      </Badge>
    )
  }
  return (
    <Text size="sm" c="dimmed" component="span" className="figures">
      {from > to ? t('answer.up', { places: from - to }) : t('answer.down', { places: to - from })}
    </Text>
  )
}

const TOLD = 3

function words(attributes: Entity['attributes'] | undefined): string {
  const entries = Object.entries(attributes ?? {}).slice(0, TOLD)
  return entries.map(([name, value]) => ` · ${name}: ${[value].flat().join(', ')}`).join('')
}
