/** Asks for segments to be made. */
import { Button, Group, Input, NumberInput, Select, SegmentedControl, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/queries.ts'
import { useJob } from '../../api/use-job.ts'
import { FollowedLine } from '../../ui/followed-line.tsx'
import { SERVICE, SpaceSelect } from '../../ui/space-select.tsx'

const STALE = [['segments'], ['map']]

export function Build() {
  const { t } = useTranslation('segments')
  const [space, setSpace] = useState(SERVICE)
  const [method, setMethod] = useState('k-means')
  const [auto, setAuto] = useState(true)
  const [clusters, setClusters] = useState(8)
  const methods = useQuery({
    queryKey: ['methods'],
    queryFn: () => client().methods(),
    staleTime: Infinity,
  })
  const job = useJob(STALE)
  return (
    <Stack gap="sm" align="flex-start">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          job.start({ kind: 'segment', space, method, clusters: auto ? 'auto' : clusters })
        }}
      >
        <Group align="flex-end" gap="sm">
          <SpaceSelect of="users" value={space} onChange={setSpace} />
          <Select
            label={t('build.method')}
            value={method}
            onChange={(next) => setMethod(next ?? method)}
            allowDeselect={false}
            searchable
            data={
              methods.data?.items
                .filter(({ family }) => family === 'cluster')
                .map(({ name, title }) => ({ value: name, label: title })) ?? [method]
            }
            w={220}
            maw="100%"
          />
          <Input.Wrapper label={t('build.clusters')} labelElement="div">
            <Group gap="xs">
              <SegmentedControl
                aria-label={t('build.clusters')}
                value={auto ? 'auto' : 'given'}
                onChange={(next) => setAuto(next === 'auto')}
                data={[
                  { value: 'auto', label: t('build.auto') },
                  { value: 'given', label: t('build.given') },
                ]}
              />
              {!auto && (
                <NumberInput
                  aria-label={t('build.clusters')}
                  value={clusters}
                  onChange={(value) => setClusters(Number(value))}
                  min={2}
                  max={200}
                  allowDecimal={false}
                  w={90}
                />
              )}
            </Group>
          </Input.Wrapper>
          <Button type="submit" loading={job.busy}>
            {t('build.start')}
          </Button>
        </Group>
      </form>
      <Text size="sm" c="dimmed" ta="start">
        {t('build.kept')}
      </Text>
      <FollowedLine followed={job} />
    </Stack>
  )
}
