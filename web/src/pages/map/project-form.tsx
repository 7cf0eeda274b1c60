/** Asks for a map to be made, and follows the job. */
import { Button, Group, NumberInput, Stack } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { FollowedLine } from '../../ui/followed-line.tsx'
import { useJob } from '../../api/use-job.ts'
import { SERVICE, SpaceSelect } from '../../ui/space-select.tsx'

const STALE = [['maps'], ['map']]

export function ProjectForm({ of }: { readonly of: 'users' | 'items' }) {
  const { t } = useTranslation('map')
  const [space, setSpace] = useState(SERVICE)
  const [neighbours, setNeighbours] = useState(15)
  const [minDistance, setMinDistance] = useState(0.1)
  const job = useJob(STALE)
  return (
    <Stack gap="sm" align="flex-start">
      <form
        onSubmit={(event) => {
          event.preventDefault()
          job.start({ kind: 'project', of, space, neighbours, minDistance })
        }}
      >
        <Group align="flex-end" gap="sm">
          <SpaceSelect of={of} value={space} onChange={setSpace} />
          <NumberInput
            label={t('project.neighbours')}
            description={t('project.neighboursHelp')}
            value={neighbours}
            onChange={(value) => setNeighbours(Number(value))}
            min={2}
            max={200}
            allowDecimal={false}
            w={220}
          />
          <NumberInput
            label={t('project.minDistance')}
            description={t('project.minDistanceHelp')}
            value={minDistance}
            onChange={(value) => setMinDistance(Number(value))}
            min={0}
            max={1}
            step={0.05}
            w={220}
          />
          <Button type="submit" loading={job.busy}>
            {t('project.start')}
          </Button>
        </Group>
      </form>
      <FollowedLine followed={job} />
    </Stack>
  )
}
