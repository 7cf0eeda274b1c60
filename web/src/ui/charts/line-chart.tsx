/** Curves over one axis, with what is under the pointer in figures, and all of it as a table for whoever cannot see curves. */
import { Group, Text } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { useState } from 'react'
import classes from './charts.module.css'
import { DataTable } from './data-table.tsx'
import { linearScale, logScale } from './scale.ts'

export interface Curve {
  readonly name: string
  readonly colour: string
  readonly values: readonly (number | null)[]
  /** Dashes tell it apart without colour. */
  readonly dash?: string
}

export interface LineChartProps {
  readonly label: string
  readonly xs: readonly number[]
  readonly curves: readonly Curve[]
  readonly xName: string
  readonly log?: boolean
  /** A value of x that is marked by a line, with a word. */
  readonly mark?: { readonly x: number; readonly text: string }
  /** The top of the axis of y; by default the largest value. */
  readonly yMost?: number
  readonly x: (value: number) => string
  readonly y: (value: number) => string
  readonly height?: number
}

const LEFT = 46
const RIGHT = 12
const TOP = 18
const BOTTOM = 40

export function LineChart(props: LineChartProps) {
  const { label, xs, curves, xName, log = false, mark, x: formatX, y: formatY, height = 280 } = props
  const { ref, width: measured } = useElementSize()
  const [at, setAt] = useState<number | null>(null)
  const width = Math.max(240, measured)
  const values = curves.flatMap((curve) => curve.values.filter((value) => value !== null))
  const low = Math.min(0, ...values)
  const high = props.yMost ?? Math.max(...values, 1e-9)
  const all = mark ? [...xs, mark.x] : xs
  const [first, last] = [Math.min(...all), Math.max(...all)]
  const x = (log ? logScale : linearScale)(first, last, LEFT, width - RIGHT)
  const y = linearScale(low, high, height - BOTTOM, TOP)
  const ticks = thinned(x.ticks, (LEFT + width) / 80)

  function look(event: React.PointerEvent<SVGSVGElement>): void {
    const place = event.clientX - event.currentTarget.getBoundingClientRect().left
    const near = xs.reduce(
      (best, value, k) => (Math.abs(x(value) - place) < Math.abs(x(xs[best]) - place) ? k : best),
      0,
    )
    setAt(near)
  }

  return (
    <figure className={classes.figure}>
      <Group gap="md" mb={4} component="figcaption">
        {curves.map(({ name, colour, dash, values }) => (
          <Group key={name} gap={6} wrap="nowrap">
            <svg width={22} height={8} aria-hidden="true">
              <line x1={0} x2={22} y1={4} y2={4} stroke={colour} strokeWidth={2.5} strokeDasharray={dash} />
            </svg>
            <Text size="sm">
              {name}
              {at !== null && values[at] !== null && values[at] !== undefined && (
                <b className="figures"> {formatY(values[at])}</b>
              )}
            </Text>
          </Group>
        ))}
        {at !== null && (
          <Text size="sm" c="dimmed" className="figures">
            {xName}: {formatX(xs[at])}
          </Text>
        )}
      </Group>
      <div ref={ref}>
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={label}
          onPointerMove={look}
          onPointerLeave={() => setAt(null)}
          className={classes.chart}
        >
          {y.ticks.map((value) => (
            <g key={value}>
              <line x1={LEFT} x2={width - RIGHT} y1={y(value)} y2={y(value)} className={classes.grid} />
              <text x={LEFT - 6} y={y(value)} textAnchor="end" dominantBaseline="middle">
                {formatY(value)}
              </text>
            </g>
          ))}
          {ticks.map((value) => (
            <text key={value} x={x(value)} y={height - BOTTOM + 16} textAnchor="middle">
              {formatX(value)}
            </text>
          ))}
          <text x={(LEFT + width - RIGHT) / 2} y={height - 6} textAnchor="middle">
            {xName}
          </text>
          {mark && (
            <g>
              <line x1={x(mark.x)} x2={x(mark.x)} y1={TOP} y2={height - BOTTOM} className={classes.mark} />
              <text
                x={x(mark.x)}
                y={TOP - 6}
                textAnchor={x(mark.x) > width * 0.7 ? 'end' : x(mark.x) < width * 0.3 ? 'start' : 'middle'}
                className={classes.strong}
              >
                {mark.text}
              </text>
            </g>
          )}
          {at !== null && (
            <line x1={x(xs[at])} x2={x(xs[at])} y1={TOP} y2={height - BOTTOM} className={classes.grid} />
          )}
          {curves.map(({ name, colour, dash, values }) => (
            <g key={name}>
              <path
                d={pathOf(xs, values, x, y)}
                fill="none"
                stroke={colour}
                strokeWidth={2.5}
                strokeDasharray={dash}
              />
              {xs.length <= 30 &&
                values.map((value, k) =>
                  value === null ? null : (
                    <circle key={k} cx={x(xs[k])} cy={y(value)} r={2.5} fill={colour} />
                  ),
                )}
            </g>
          ))}
        </svg>
      </div>
      <DataTable
        caption={label}
        head={[xName, ...curves.map(({ name }) => name)]}
        rows={xs.map((value, k) => [
          formatX(value),
          ...curves.map(({ values }) =>
            values[k] === null || values[k] === undefined ? '–' : formatY(values[k]),
          ),
        ])}
      />
    </figure>
  )
}

/** At most so many of them, evenly. */
function thinned(ticks: readonly number[], most: number): readonly number[] {
  const every = Math.ceil(ticks.length / Math.max(1, most))
  return ticks.filter((_, k) => k % every === 0)
}

/** The line through the values; it is interrupted where there is none. */
function pathOf(
  xs: readonly number[],
  values: readonly (number | null)[],
  x: (value: number) => number,
  y: (value: number) => number,
): string {
  let path = ''
  let pen = 'M'
  for (const [k, value] of values.entries()) {
    if (value === null) pen = 'M'
    else {
      path += `${pen}${x(xs[k]).toFixed(1)} ${y(value).toFixed(1)}`
      pen = 'L'
    }
  }
  return path
}
