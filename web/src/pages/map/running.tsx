/** A map while it is made: its points as they are now, every second nearer to where they belong. */
import { Progress, Stack, Text } from '@mantine/core'
import { useComputedColorScheme } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { client } from '../../api/queries.ts'
import { useFormat } from '../../i18n/format.ts'
import { usePhase } from '../../ui/phase.ts'
import { MapCanvas } from './canvas.tsx'
import type { MadeMap } from './made-map.ts'
import { NO_VALUE, paletteOf } from './palette.ts'
import { chooseDrawing } from './software.ts'

const none = { onHover() {}, onPick() {}, onLasso() {}, onLost() {} }

export function Running({
  name,
  progress,
}: {
  readonly name: string
  readonly progress: NonNullable<MadeMap['running']>
}) {
  const { t } = useTranslation('map')
  const { share } = useFormat()
  const phaseOf = usePhase()
  const scheme = useComputedColorScheme('light')
  const [software] = useState(() => chooseDrawing() !== 'webgl')
  const points = useQuery({
    queryKey: ['map', name, 'running', progress.phase, progress.done],
    queryFn: async () => (await client().mapPoints(name, { running: true })).coordinates,
    placeholderData: keepPreviousData,
    // Before, there are no points yet; afterwards, they stay where they are.
    enabled: progress.phase === 'layout',
  })
  const done = progress.of > 0 ? progress.done / progress.of : 0
  const [shown, setShown] = useState<{ now: Float32Array; before: Float32Array | null } | null>(null)
  const { data } = points
  if (data && data.length > 0 && shown?.now !== data) {
    setShown({ now: data, before: shown?.now.length === data.length ? shown.now : null })
  }
  const look = useMemo(
    () => ({
      codes: new Uint8Array((shown?.now.length ?? 0) / 2).fill(NO_VALUE),
      palette: paletteOf('category', scheme),
      scheme,
      marks: null,
      names: [],
      focus: -1,
    }),
    [shown, scheme],
  )
  return (
    <Stack gap="xs">
      <Text role="status">
        {t('running.progress', { phase: phaseOf(progress.phase), share: share(done) })}
      </Text>
      <Progress value={100 * done} aria-label={t('running.label')} />
      {shown && (
        <MapCanvas
          points={shown.now}
          from={shown.before}
          // Points spread while the map is made: each time all of it is shown.
          map={`${progress.phase} ${progress.done}`}
          look={look}
          mode="pan"
          software={software}
          label={t('running.label')}
          events={none}
          handle={null}
        />
      )}
    </Stack>
  )
}
