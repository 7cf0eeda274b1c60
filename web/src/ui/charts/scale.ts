/** Axes: where values go, and which of them are written. */

export interface Scale {
  /** From a value to pixels. */
  (value: number): number
  readonly ticks: readonly number[]
}

/** Round steps (1, 2 or 5 times a power of ten), about `count` of them, within [low, high]. */
export function linearScale(low: number, high: number, from: number, to: number, count = 5): Scale {
  const span = high - low || 1
  const rough = span / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((by) => by * power).find((one) => one >= rough * 0.999)!
  const ticks: number[] = []
  // Counted, not summed: sums of .1 drift.
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + step * 1e-9; k++) {
    ticks.push(Number((k * step).toPrecision(12)))
  }
  return Object.assign((value: number) => from + ((value - low) / span) * (to - from), { ticks })
}

/** Powers of ten; with 2 and 5 times of them where there would be fewer than three. Both bounds above zero. */
export function logScale(low: number, high: number, from: number, to: number): Scale {
  const [a, b] = [Math.log10(low), Math.log10(high)]
  const within = (by: readonly number[]): number[] => {
    const found: number[] = []
    for (let power = Math.floor(a); power <= Math.ceil(b); power++) {
      for (const one of by) {
        const value = Number((one * 10 ** power).toPrecision(12))
        if (value >= low * 0.999 && value <= high * 1.001) found.push(value)
      }
    }
    return found
  }
  const tens = within([1])
  const ticks = tens.length >= 3 ? tens : within([1, 2, 5])
  return Object.assign((value: number) => from + ((Math.log10(value) - a) / (b - a || 1)) * (to - from), {
    ticks,
  })
}
