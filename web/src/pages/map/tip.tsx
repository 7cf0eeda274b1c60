/** What is under the pointer. Whoever has no pointer finds the same by id. */
import { Paper, Text } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { useFormat } from '../../i18n/format.ts'
import { Attributes } from './attributes.tsx'
import classes from './map.module.css'
import { useEntity } from './use-entity.ts'

const WIDTH = 260

export function Tip({
  of,
  id,
  value,
  x,
  y,
}: {
  readonly of: 'users' | 'items'
  readonly id: string
  readonly value: string | number | null
  readonly x: number
  readonly y: number
}) {
  const { fixed } = useFormat()
  // A pointer that passes over a hundred points asks for none of them.
  const [still] = useDebouncedValue(id, 120)
  const entity = useEntity(of, still)
  return (
    <Paper
      withBorder
      shadow="sm"
      p="xs"
      className={classes.tip}
      aria-hidden="true"
      style={
        x > WIDTH + 24
          ? { left: x - 12, top: Math.max(4, y - 24), transform: 'translateX(-100%)' }
          : { left: x + 12, top: Math.max(4, y - 24) }
      }
    >
      <Text size="sm" fw={600} className="id">
        {id}
      </Text>
      {value !== null && (
        <Text size="xs">{typeof value === 'number' ? fixed(value, value % 1 ? 2 : 0) : value}</Text>
      )}
      {still === id && entity.data && <Attributes attributes={entity.data.attributes} most={6} />}
    </Paper>
  )
}
