/** A figure with its interval, drawn on a line from nothing to `most`. */
import { Box, Group, Text } from '@mantine/core'
import { useFormat } from '../i18n/format.ts'
import { useColours } from './colours.ts'

export function Interval({
  label,
  value,
  low,
  high,
  most,
  labelWidth = 110,
}: {
  readonly label: string
  readonly value: number
  readonly low: number | undefined
  readonly high: number | undefined
  readonly most: number
  readonly labelWidth?: number
}) {
  const { series, grid } = useColours()
  const format = useFormat()
  const at = (x: number): string => `${Math.min(100, Math.max(0, (100 * x) / most))}%`
  const [first] = series
  return (
    <Group gap="sm" wrap="nowrap">
      <Text size="sm" w={labelWidth} flex="none">
        {label}
      </Text>
      <Box flex={1} miw={60} visibleFrom="xs">
        <svg width="100%" height={18} aria-hidden="true">
          <line x1="0" x2="100%" y1="9" y2="9" stroke={grid} strokeWidth={2} />
          {low !== undefined && high !== undefined && (
            <line x1={at(low)} x2={at(high)} y1="9" y2="9" stroke={first} strokeWidth={9} opacity={0.4} />
          )}
          <circle cx={at(value)} cy="9" r="3.5" fill={first} />
        </svg>
      </Box>
      <Text size="sm" className="figures" ta="end" flex="none" miw={150} ml="auto">
        <b>{format.fixed(value)}</b>
        {low !== undefined && high !== undefined && (
          <Text span c="dimmed" size="xs">
            {' '}
            [{format.fixed(low)}, {format.fixed(high)}]
          </Text>
        )}
      </Text>
    </Group>
  )
}
