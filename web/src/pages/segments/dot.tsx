import { segmentColour } from './colour.ts'

/** The colour of a segment; its name stands beside it. */
export function Dot({ id }: { readonly id: string }) {
  return (
    <svg width={12} height={12} viewBox="0 0 12 12" aria-hidden="true" style={{ flex: 'none' }}>
      <circle cx={6} cy={6} r={6} fill={segmentColour(id)} />
    </svg>
  )
}
