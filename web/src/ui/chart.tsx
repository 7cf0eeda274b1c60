/** Curves over time or steps, drawn by uPlot, with the last numbers in words for those who do not see them. Loaded when first drawn. */
import { Box } from '@mantine/core'
import { lazy, Suspense } from 'react'
import { Loading } from './states.tsx'

export interface Series {
  readonly label: string
  /** One for each place of `x`; null where there is none. */
  readonly values: readonly (number | null)[]
}

export interface ChartProps {
  /** What the picture shows, in a sentence. */
  readonly description: string
  readonly x: readonly number[]
  /** Whether `x` is milliseconds since 1970. */
  readonly time?: boolean
  readonly xLabel?: string
  readonly series: readonly Series[]
  readonly height?: number
  /** Steps rather than lines: counts of buckets. */
  readonly bars?: boolean
  /** Joins what stands on both sides of places without a value. */
  readonly spanGaps?: boolean
}

const Drawn = lazy(() => import('./chart-drawn.tsx'))

export function Chart(props: ChartProps) {
  const height = props.height ?? 220
  return (
    // The legend has a line of its own below.
    <Box mih={height + 30}>
      <Suspense fallback={<Loading height={height} />}>
        <Drawn {...props} height={height} />
      </Suspense>
    </Box>
  )
}
