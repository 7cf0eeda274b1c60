/** How numbers are written in reports for people: four digits. */

/** 0.1825, 12.34, 105.3, 12,345; n/a for NaN. */
export function decimal(x: number): string {
  if (Number.isNaN(x)) return 'n/a'
  const size = Math.abs(x)
  if (size < 1) return x.toFixed(4)
  return size < 9999.5 ? x.toPrecision(4) : grouped(Math.round(x))
}

/** Like {@link decimal}, with its sign. */
export function signed(x: number): string {
  return x > 0 ? `+${decimal(x)}` : decimal(x)
}

/** 29,858 */
export function grouped(n: number): string {
  return n.toLocaleString('en-US')
}
