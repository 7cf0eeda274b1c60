/** A new version of a map that is there: how far it is, or a way to ask for one. */
import { Button, Group, Progress, Text } from '@mantine/core'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { usePhase } from '../../ui/phase.ts'
import type { MadeMap } from './made-map.ts'
import { useFormat } from '../../i18n/format.ts'
import { ProjectForm } from './project-form.tsx'
import { Running } from './running.tsx'

export function Remake({ map }: { readonly map: MadeMap }) {
  const { t } = useTranslation('map')
  const { share } = useFormat()
  const phaseOf = usePhase()
  const [open, setOpen] = useState(false)
  const [watch, setWatch] = useState(false)
  const { running } = map
  return (
    <>
      {running && !watch && (
        <Group gap="sm">
          <Text size="sm">
            {t('running.progress', {
              phase: phaseOf(running.phase),
              share: share(running.done / Math.max(1, running.of)),
            })}
          </Text>
          <Progress
            value={(100 * running.done) / Math.max(1, running.of)}
            w={160}
            aria-label={t('running.label')}
          />
          <Button size="compact-sm" variant="light" onClick={() => setWatch(true)}>
            {t('running.watch')}
          </Button>
        </Group>
      )}
      {running && watch && <Running name={map.name} progress={running} />}
      {open ? (
        <ProjectForm of={map.of} />
      ) : (
        <Button variant="default" size="compact-sm" w="fit-content" onClick={() => setOpen(true)}>
          {t('project.again')}
        </Button>
      )}
    </>
  )
}
