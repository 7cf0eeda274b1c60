import { Box, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/queries.ts'
import { useFormat } from '../../i18n/format.ts'
import { useColours } from '../../ui/colours.ts'
import { Panel } from '../../ui/panel.tsx'
import { Failure, Loading } from '../../ui/states.tsx'

const rungs = ['trained', 'folded-in', 'profile', 'popular'] as const

export function Answers() {
  const { t } = useTranslation('overview')
  const format = useFormat()
  const { series, grid } = useColours()
  const report = useQuery({
    queryKey: ['online'],
    queryFn: () => client().onlineReport(),
    refetchInterval: 15_000,
  })
  const lines = rungs.map((rung) => {
    const own = report.data?.items.filter((item) => item.rung === rung) ?? []
    return {
      rung,
      answers: own.reduce((sum, { answers }) => sum + answers, 0),
      followed: own.reduce((sum, { followed }) => sum + followed, 0),
    }
  })
  const all = lines.reduce((sum, { answers }) => sum + answers, 0)
  return (
    <Panel title={t('answers.title')} lead={t('answers.lead')}>
      {report.isError ? (
        <Failure error={report.error} retry={() => void report.refetch()} />
      ) : !report.data ? (
        <Loading height={130} />
      ) : all === 0 ? (
        <Text c="dimmed">{t('answers.none')}</Text>
      ) : (
        <Stack component="ul" gap="xs" p={0} m={0}>
          {lines.map(({ rung, answers, followed }) => (
            <Box component="li" key={rung} style={{ listStyle: 'none' }}>
              <Group justify="space-between" gap="xs">
                <Text size="sm">{t(`answers.rungs.${rung}`)}</Text>
                <Text size="sm" className="figures">
                  {format.whole(answers)} ({format.share(answers / all)})
                  {followed > 0 &&
                    ` · ${t('answers.followed', { share: format.share(followed / answers, 1) })}`}
                </Text>
              </Group>
              <svg width="100%" height={8} aria-hidden="true">
                <rect width="100%" height="8" rx="4" fill={grid} />
                <rect width={`${(100 * answers) / all}%`} height="8" rx="4" fill={series[0]} />
              </svg>
            </Box>
          ))}
        </Stack>
      )}
    </Panel>
  )
}
