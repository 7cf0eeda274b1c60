/** How the numbers of some are spread, beside those of everybody where there are more. */
import { Text } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import classes from './charts.module.css'
import { DataTable } from './data-table.tsx'
import { linearScale } from './scale.ts'

const HEIGHT = 130
const BOTTOM = 20

export function Histogram({
  label,
  edges,
  some,
  everybody,
  someName,
  everybodyName,
  colour,
  caption,
  x: formatX,
  y: formatY,
}: {
  readonly label: string
  /** One more than there are bins. */
  readonly edges: readonly number[]
  readonly some: readonly number[]
  readonly everybody?: readonly number[]
  readonly someName: string
  readonly everybodyName?: string
  readonly colour: string
  readonly caption: string
  readonly x: (value: number) => string
  readonly y: (share: number) => string
}) {
  const { ref, width: measured } = useElementSize()
  const width = Math.max(200, measured)
  const mine = shares(some)
  const base = shares(everybody ?? [])
  const x = linearScale(edges[0] ?? 0, edges.at(-1) ?? 1, 4, width - 4, width / 90)
  const y = linearScale(0, Math.max(...mine, ...base, 1e-9), HEIGHT - BOTTOM, 4)
  const outline = base
    .map((share, k) => `L${x(edges[k])} ${y(share)}L${x(edges[k + 1])} ${y(share)}`)
    .join('')
  const ground = y(0)
  return (
    <figure className={classes.figure}>
      <figcaption>
        <Text size="sm" fw={600} className="id">
          {label}
        </Text>
        <Text size="xs" c="dimmed">
          {caption}
        </Text>
      </figcaption>
      <div ref={ref}>
        <svg
          width={width}
          height={HEIGHT}
          className={classes.chart}
          role="img"
          aria-label={`${label}: ${caption}`}
        >
          {mine.map((share, k) => (
            <rect
              key={k}
              x={x(edges[k]) + 0.5}
              width={Math.max(1, x(edges[k + 1]) - x(edges[k]) - 1)}
              y={y(share)}
              height={ground - y(share)}
              fill={colour}
            />
          ))}
          {everybody && (
            <path
              d={`M${x(edges[0] ?? 0)} ${ground}${outline}L${x(edges.at(-1) ?? 1)} ${ground}`}
              fill="none"
              className={classes.axis}
              strokeWidth={1.5}
            />
          )}
          {x.ticks.map((value) => (
            <text
              key={value}
              x={Math.min(width - 4, Math.max(4, x(value)))}
              y={HEIGHT - 5}
              textAnchor={x(value) < 16 ? 'start' : x(value) > width - 16 ? 'end' : 'middle'}
            >
              {formatX(value)}
            </text>
          ))}
        </svg>
      </div>
      <DataTable
        caption={label}
        head={[label, someName, ...(everybodyName === undefined ? [] : [everybodyName])]}
        rows={mine.map((share, k) => [
          `${formatX(edges[k])} – ${formatX(edges[k + 1])}`,
          formatY(share),
          ...(everybody ? [formatY(base[k])] : []),
        ])}
      />
    </figure>
  )
}

function shares(counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map((count) => (total > 0 ? count / total : 0))
}
