/** Who was where, and where they are now: ribbons from left to right, as wide as many they are. */
import { useElementSize } from '@mantine/hooks'
import classes from './charts.module.css'
import { DataTable } from './data-table.tsx'
import { type Flow, layOut } from './flows.ts'

const PART = 12
const MOST_LETTERS = 24

export interface SankeyProps {
  readonly label: string
  readonly flows: readonly Flow[]
  readonly order: readonly string[]
  readonly name: (key: string) => string
  readonly colour: (key: string) => string
  readonly chosen: Flow | null
  readonly onChoose: (flow: Flow) => void
  readonly count: (value: number) => string
  readonly head: readonly [from: string, to: string, count: string]
}

export function Sankey(props: SankeyProps) {
  const { label, flows, order, name, colour, chosen, onChoose, count, head } = props
  const { ref, width: measured } = useElementSize()
  const width = Math.max(280, measured)
  const parts = new Set(flows.flatMap(({ from, to }) => [from, to])).size
  const height = Math.max(220, Math.min(720, 52 * parts))
  const { left, right, ribbons } = layOut(flows, order, height)
  const letters = Math.min(MOST_LETTERS, Math.floor(width / 22))
  const middle = width / 2
  return (
    <figure className={classes.figure}>
      <div ref={ref}>
        <svg width={width} height={height} className={classes.chart} role="img" aria-label={label}>
          {ribbons.map((ribbon) => {
            const { from, to, left: a, right: b, height: h } = ribbon
            const [x0, x1] = [PART, width - PART]
            return (
              <path
                key={`${from}→${to}`}
                className={classes.ribbon}
                data-chosen={chosen?.from === from && chosen.to === to ? '' : undefined}
                fill={colour(from)}
                d={
                  `M${x0} ${a}C${middle} ${a} ${middle} ${b} ${x1} ${b}` +
                  `L${x1} ${b + h}C${middle} ${b + h} ${middle} ${a + h} ${x0} ${a + h}Z`
                }
                onClick={() => onChoose(ribbon)}
              >
                <title>
                  {name(from)} → {name(to)}: {count(ribbon.count)}
                </title>
              </path>
            )
          })}
          {[left, right].map((column, side) =>
            column.map(({ key, y, height: h, count: n }) => {
              const text = name(key)
              return (
                <g key={`${side} ${key}`}>
                  <rect
                    x={side === 0 ? 0 : width - PART}
                    y={y}
                    width={PART}
                    height={Math.max(1, h)}
                    fill={colour(key)}
                  />
                  {h >= 9 && (
                    <text
                      x={side === 0 ? PART + 6 : width - PART - 6}
                      y={y + h / 2}
                      textAnchor={side === 0 ? 'start' : 'end'}
                      dominantBaseline="middle"
                      className={classes.flow}
                    >
                      {text.length > letters ? `${text.slice(0, letters - 1)}…` : text} {count(n)}
                    </text>
                  )}
                </g>
              )
            }),
          )}
        </svg>
      </div>
      <DataTable
        caption={label}
        head={head}
        rows={ribbons.map((ribbon) => [name(ribbon.from), name(ribbon.to), count(ribbon.count)])}
      />
    </figure>
  )
}
