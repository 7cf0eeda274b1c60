import { categoryColour, segmentPlace } from '../map/palette.ts'

/** A segment keeps its colour on every page and through all versions, as it keeps its id. */
export function segmentColour(id: string): string {
  return categoryColour(segmentPlace(Number(id.slice(1))))
}
