/** Where ribbons between two columns run: each column's parts one below the other, as high as what flows through them. */

export interface Flow {
  readonly from: string
  readonly to: string
  readonly count: number
}

export interface Part {
  readonly key: string
  readonly count: number
  readonly y: number
  readonly height: number
}

export interface Ribbon extends Flow {
  /** The upper ends; the height is the same on both sides. */
  readonly left: number
  readonly right: number
  readonly height: number
}

export interface Layout {
  readonly left: readonly Part[]
  readonly right: readonly Part[]
  readonly ribbons: readonly Ribbon[]
}

const GAP = 8

/** @param order keys from top to bottom, the same in both columns; keys that are not in it come last */
export function layOut(flows: readonly Flow[], order: readonly string[], height: number): Layout {
  const real = flows.filter(({ count }) => count > 0)
  const place = (key: string): number => (order.indexOf(key) + order.length + 1) % (order.length + 1)
  const sums = (side: 'from' | 'to'): [string, number][] => {
    const totals = new Map<string, number>()
    for (const flow of real) totals.set(flow[side], (totals.get(flow[side]) ?? 0) + flow.count)
    return [...totals].sort((a, b) => place(a[0]) - place(b[0]))
  }
  const [from, to] = [sums('from'), sums('to')]
  const total = real.reduce((sum, { count }) => sum + count, 0)
  const room = height - GAP * Math.max(0, from.length - 1, to.length - 1)
  const unit = total > 0 ? room / total : 0
  const stack = (column: readonly [string, number][]): Part[] => {
    // Both columns are in the middle.
    let y = (height - total * unit - GAP * (column.length - 1)) / 2
    return column.map(([key, count]) => {
      const part = { key, count, y, height: count * unit }
      y += part.height + GAP
      return part
    })
  }
  const [left, right] = [stack(from), stack(to)]
  const next = { left: starts(left), right: starts(right) }
  const ribbons = [...real]
    .sort((a, b) => place(a.from) - place(b.from) || place(a.to) - place(b.to))
    .map((flow) => {
      const ribbon = {
        ...flow,
        left: next.left.get(flow.from)!,
        right: next.right.get(flow.to)!,
        height: flow.count * unit,
      }
      next.left.set(flow.from, ribbon.left + ribbon.height)
      next.right.set(flow.to, ribbon.right + ribbon.height)
      return ribbon
    })
  return { left, right, ribbons }
}

const starts = (column: readonly Part[]): Map<string, number> => new Map(column.map(({ key, y }) => [key, y]))
