/** Timing helpers. Machines are shared: take turns and look at medians. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

/** Seconds that `work` takes. */
export function seconds(work: () => void): number {
  const start = performance.now()
  work()
  return (performance.now() - start) / 1000
}

/** Seconds that `work` takes, by the clock and by the processors that it keeps busy together. */
export function timed(work: () => void): { seconds: number; processorSeconds: number } {
  const before = process.cpuUsage()
  const elapsed = seconds(work)
  const { user, system } = process.cpuUsage(before)
  return { seconds: elapsed, processorSeconds: (user + system) / 1e6 }
}
