/** What colours mean. Categories are switched here, and chosen without a lasso. */
import { Button, Card, Checkbox, Group, Stack, Text, Title } from '@mantine/core'
import { useTranslation } from 'react-i18next'
import { useFormat } from '../../i18n/format.ts'
import classes from './map.module.css'
import { categoryColour, rampColour, type Scheme } from './palette.ts'
import type { Colouring } from './scene.ts'

const RAMP_STEPS = 24

export function Legend({
  title,
  colouring,
  scheme,
  off,
  onOff,
  onChoose,
}: {
  readonly title: string
  readonly colouring: Colouring
  readonly scheme: Scheme
  /** Categories that are not shown; -1 stands for rows without one. */
  readonly off: ReadonlySet<number>
  readonly onOff: (off: ReadonlySet<number>) => void
  /** Chooses all that is shown. */
  readonly onChoose: () => void
}) {
  const { t } = useTranslation('map')
  const { whole, fixed } = useFormat()
  if (colouring.kind === 'none') return null
  const digits = colouring.kind === 'number' && colouring.high - colouring.low < 10 ? 2 : 0

  function toggle(code: number): void {
    const next = new Set(off)
    if (!next.delete(code)) next.add(code)
    onOff(next)
  }
  return (
    <Card withBorder padding="sm">
      <Title order={2} size="h5" mb="xs">
        {title}
      </Title>
      {colouring.kind === 'number' ? (
        <>
          <svg
            className={classes.ramp}
            viewBox={`0 0 ${RAMP_STEPS} 1`}
            preserveAspectRatio="none"
            role="img"
            aria-label={t('legend.ramp', {
              low: fixed(colouring.low, digits),
              high: fixed(colouring.high, digits),
            })}
          >
            {Array.from({ length: RAMP_STEPS }, (_, k) => (
              <rect
                key={k}
                x={k}
                width={1.05}
                height={1}
                fill={`rgb(${rampColour(scheme, k / (RAMP_STEPS - 1)).join()})`}
              />
            ))}
          </svg>
          <Group justify="space-between">
            <Text size="xs">≤ {fixed(colouring.low, digits)}</Text>
            <Text size="xs">≥ {fixed(colouring.high, digits)}</Text>
          </Group>
        </>
      ) : (
        <>
          <Stack gap={6} className={classes.legend} role="group" aria-label={title}>
            {colouring.categories.map(({ label, count, colour }, code) => (
              <Entry
                key={label}
                label={label}
                count={whole(count)}
                colour={categoryColour(colour)}
                shown={!off.has(code)}
                onToggle={() => toggle(code)}
              />
            ))}
            {colouring.rest > 0 && (
              <Entry
                label={t('legend.rest')}
                count={whole(colouring.rest)}
                colour="gray"
                shown={!off.has(-1)}
                onToggle={() => toggle(-1)}
              />
            )}
          </Stack>
          <Group gap="xs" mt="sm">
            <Button size="compact-xs" variant="default" onClick={() => onOff(new Set())}>
              {t('legend.all')}
            </Button>
            <Button
              size="compact-xs"
              variant="default"
              onClick={() => onOff(new Set([-1, ...colouring.categories.keys()]))}
            >
              {t('legend.none')}
            </Button>
            <Button size="compact-xs" variant="light" onClick={onChoose}>
              {t('legend.choose')}
            </Button>
          </Group>
        </>
      )}
    </Card>
  )
}

function Entry({
  label,
  count,
  colour,
  shown,
  onToggle,
}: {
  readonly label: string
  readonly count: string
  readonly colour: string
  readonly shown: boolean
  readonly onToggle: () => void
}) {
  return (
    <Checkbox
      size="xs"
      checked={shown}
      onChange={onToggle}
      label={
        <Group gap={6} wrap="nowrap">
          <svg className={classes.swatch} viewBox="0 0 12 12" aria-hidden="true">
            <circle cx={6} cy={6} r={6} fill={colour} />
          </svg>
          <span className="id">{label}</span>
          <Text span size="xs" c="dimmed" className="figures">
            {count}
          </Text>
        </Group>
      }
    />
  )
}
