/**
 * The small graph around a user: what they did last, what they would be shown, and the people through whom one leads to the other.
 */
import type { Interactions } from '../data/interactions.ts'

export interface Surroundings {
  readonly nodes: readonly {
    readonly id: string
    readonly role: 'self' | 'history' | 'recommended' | 'person'
  }[]
  /** Places of nodes: who did, or would be shown, what. */
  readonly edges: readonly { readonly source: number; readonly target: number }[]
}

/**
 * People are chosen by how many of the history's items they share times how many of the recommended ones they have, the lower row first
 * among equals; those with none of either are left out.
 *
 * @param history item ids, as many as should be drawn
 */
export function surroundings(
  { matrix, users, items }: Interactions,
  user: string,
  history: readonly string[],
  recommended: readonly string[],
  people: number,
): Surroundings {
  const byItem = matrix.transposed
  const self = users.row(user)
  const shared = countUsers(
    byItem,
    history.map((id) => items.row(id)),
  )
  const leading = countUsers(
    byItem,
    recommended.map((id) => items.row(id)),
  )
  const chosen = [...leading]
    .map(([row, count]) => [row, count * (shared.get(row) ?? 0)] as const)
    .filter(([row, strength]) => row !== self && strength > 0)
    .sort((a, b) => b[1] - a[1] || a[0] - b[0])
    .slice(0, people)
    .map(([row]) => row)
  const shown = [...history, ...recommended]
  const nodes = [
    { id: user, role: 'self' as const },
    ...history.map((id) => ({ id, role: 'history' as const })),
    ...recommended.map((id) => ({ id, role: 'recommended' as const })),
    ...chosen.map((row) => ({ id: users.id(row), role: 'person' as const })),
  ]
  const places = new Map(shown.map((id, at) => [items.row(id), at + 1]))
  const edges = shown.map((_, at) => ({ source: 0, target: at + 1 }))
  chosen.forEach((row, at) => {
    for (const item of matrix.row(row)) {
      const target = places.get(item)
      if (target !== undefined) edges.push({ source: 1 + shown.length + at, target })
    }
  })
  return { nodes, edges }
}

/** How many of the items (rows) each user has; rows below 0 are nobody's. */
function countUsers(byItem: Interactions['matrix'], rows: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>()
  for (const row of rows) {
    if (row < 0) continue
    for (const user of byItem.row(row)) counts.set(user, (counts.get(user) ?? 0) + 1)
  }
  return counts
}
