/** What the pointer does, and the zoom by buttons. */
import { ActionIcon, Group, SegmentedControl } from '@mantine/core'
import type { RefObject } from 'react'
import { useTranslation } from 'react-i18next'
import type { MapHandle } from './canvas.tsx'

export function Tools({
  mode,
  onMode,
  handle,
}: {
  readonly mode: 'pan' | 'lasso'
  readonly onMode: (mode: 'pan' | 'lasso') => void
  readonly handle: RefObject<MapHandle | null>
}) {
  const { t } = useTranslation('map')
  return (
    <Group gap="xs">
      <SegmentedControl
        aria-label={t('mode.label')}
        value={mode}
        onChange={(next) => onMode(next)}
        data={[
          { value: 'pan', label: t('mode.pan') },
          { value: 'lasso', label: t('mode.lasso') },
        ]}
      />
      <ActionIcon.Group>
        <ActionIcon
          variant="default"
          size={36}
          aria-label={t('zoomIn')}
          onClick={() => handle.current?.zoom(1.5)}
        >
          +
        </ActionIcon>
        <ActionIcon
          variant="default"
          size={36}
          aria-label={t('zoomOut')}
          onClick={() => handle.current?.zoom(1 / 1.5)}
        >
          −
        </ActionIcon>
        <ActionIcon
          variant="default"
          size={36}
          aria-label={t('zoomAll')}
          onClick={() => handle.current?.fit()}
        >
          ⤢
        </ActionIcon>
      </ActionIcon.Group>
    </Group>
  )
}
