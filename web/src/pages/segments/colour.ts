import { categoryColour } from '../map/palette.ts'

/** A segment keeps its colour on every page and through all versions, as it keeps its id. */
export function segmentColour(id: string): string {
  return categoryColour(Math.max(0, Number(id.slice(1)) - 1))
}
