/** Learning-rate schedules: the rate as a function of how far training has come, from 0 to 1. */
export type Schedule = (progress: number) => number

export function constant(rate: number): Schedule {
  return () => rate
}

/** Falls along a half cosine from `rate` to `end`. */
export function cosine(rate: number, end = 0): Schedule {
  return (progress) => end + (rate - end) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, Math.max(0, progress))))
}

/** Falls on a straight line from `rate` to `end`. */
export function linear(rate: number, end = 0): Schedule {
  return (progress) => rate + (end - rate) * Math.min(1, Math.max(0, progress))
}

/** Multiplies by `factor` at each of `steps` equal steps: rate · factor^⌊progress · steps⌋. */
export function stepped(rate: number, factor: number, steps: number): Schedule {
  return (progress) => rate * factor ** Math.floor(progress * steps)
}

/** Rises on a straight line over the first `share` of training, then follows `then`. */
export function warmup(share: number, then: Schedule): Schedule {
  return (progress) =>
    progress < share ? (then(0) * progress) / share : then((progress - share) / (1 - share))
}
