/** A table that is wider than a phone scrolls by itself; by keyboard, too, so it takes the focus. */
import type { ReactNode } from 'react'

export function Wide({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="wide" role="region" aria-label={label} tabIndex={0}>
      {children}
    </div>
  )
}
