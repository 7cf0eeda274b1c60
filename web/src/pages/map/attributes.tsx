/** Attributes by name, for a glance. */
import { Text } from '@mantine/core'
import classes from './map.module.css'

export function Attributes({
  attributes,
  most = 12,
}: {
  readonly attributes: Readonly<Record<string, unknown>>
  readonly most?: number
}) {
  const entries = Object.entries(attributes)
  return (
    <dl className={classes.attributes}>
      {entries.slice(0, most).map(([name, value]) => (
        <div key={name}>
          <Text component="dt" size="xs" c="dimmed">
            {name}
          </Text>
          <Text component="dd" size="xs" m={0} className="id">
            {Array.isArray(value) ? value.join(', ') : String(value)}
          </Text>
        </div>
      ))}
      {entries.length > most && <Text size="xs">…</Text>}
    </dl>
  )
}
