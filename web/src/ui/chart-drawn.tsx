import 'uplot/dist/uPlot.min.css'
import { useElementSize } from '@mantine/hooks'
import { useEffect, useMemo, useRef } from 'react'
import UPlot from 'uplot'
import { useFormat } from '../i18n/format.ts'
import type { ChartProps } from './chart.tsx'
import { useColours } from './colours.ts'

export default function Drawn({
  description,
  x,
  time = false,
  xLabel,
  series,
  height = 220,
  bars = false,
  spanGaps = false,
}: ChartProps) {
  const { ref, width } = useElementSize()
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<UPlot | null>(null)
  const format = useFormat()
  const colours = useColours()
  const data = useMemo(
    () =>
      [x.map((at) => (time ? at / 1000 : at)), ...series.map(({ values }) => values)] as UPlot.AlignedData,
    [x, series, time],
  )
  const latest = useRef(data)
  const labels = series.map(({ label }) => label).join('\n')

  // Before the picture is made, which takes the data from here.
  useEffect(() => {
    latest.current = data
    plot.current?.setData(data)
  }, [data])

  useEffect(() => {
    if (width === 0 || !place.current) return undefined
    const axis = {
      stroke: colours.text,
      grid: { stroke: colours.grid, width: 1 },
      ticks: { stroke: colours.grid },
    }
    const number = (value: number | null): string =>
      value === null
        ? '–'
        : Math.abs(value) >= 1000 || Number.isInteger(value)
          ? format.whole(value)
          : value.toPrecision(4)
    const steps = UPlot.paths.stepped!({ align: 1 })
    const made = new UPlot(
      {
        width,
        height,
        scales: { x: { time }, y: { range: (_, low, high) => (bars ? [0, high || 1] : [low, high]) } },
        axes: [
          {
            ...axis,
            ...(xLabel === undefined || time ? {} : { label: xLabel, labelSize: 20 }),
            values: (_, ticks) => ticks.map((at) => (time ? format.day(at * 1000) : number(at))),
            space: 70,
          },
          { ...axis, size: 56, values: (_, ticks) => ticks.map(number) },
        ],
        series: [
          {
            value: (_, at) => (at === null ? '–' : time ? format.moment(at * 1000) : number(at)),
            label: xLabel ?? '',
          },
          ...labels.split('\n').map((label, at) => ({
            label,
            stroke: colours.series[at % colours.series.length],
            width: 2,
            spanGaps,
            points: { show: false },
            value: (_: UPlot, value: number | null) => number(value),
            ...(bars ? { paths: steps, fill: `${colours.series[at % colours.series.length]}22` } : {}),
          })),
        ],
        cursor: { drag: { x: false, y: false } },
      },
      latest.current,
      place.current,
    )
    plot.current = made
    return () => {
      made.destroy()
      plot.current = null
    }
  }, [width, height, time, bars, xLabel, labels, format, colours, spanGaps])

  return (
    <div ref={ref}>
      <div ref={place} role="img" aria-label={description} className="chart" />
    </div>
  )
}
