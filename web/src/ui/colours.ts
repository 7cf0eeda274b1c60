/** Colours of series, apart from each other for the colour-blind as well, for each scheme. After Okabe and Ito (2008). */
import { useComputedColorScheme } from '@mantine/core'

const light = ['#0f7060', '#c2410c', '#1d4ed8', '#a21caf', '#854d0e', '#475569']
const dark = ['#4cc9b0', '#fb923c', '#7cb4ff', '#e08cf0', '#facc15', '#a3b1c6']

export interface Colours {
  readonly series: readonly string[]
  readonly text: string
  readonly grid: string
  /** Lines that join things. */
  readonly edge: string
  readonly background: string
}

export function useColours(): Colours {
  const scheme = useComputedColorScheme('light', { getInitialValueInEffect: false })
  return scheme === 'dark'
    ? { series: dark, text: '#c9c9c9', grid: '#3b3b3b', edge: '#666d75', background: '#242424' }
    : { series: light, text: '#495057', grid: '#e9ecef', edge: '#b4bdc6', background: '#ffffff' }
}
