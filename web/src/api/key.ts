/** The key of this tab, and whether the service asks for one. */
import { useSyncExternalStore } from 'react'

const KEPT = 'homophily.key'
const listeners = new Set<() => void>()
let state: KeyState = { key: sessionStorage.getItem(KEPT), asked: false }

export interface KeyState {
  readonly key: string | null
  /** The service refused a call for want of a key, or because of this one. */
  readonly asked: boolean
}

function set(next: KeyState): void {
  state = next
  for (const listener of listeners) listener()
}

export function currentKey(): string | null {
  return state.key
}

export function useKeyState(): KeyState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => state,
  )
}

export function askForKey(): void {
  if (!state.asked) set({ ...state, asked: true })
}

export function setKey(key: string | null): void {
  if (key === null) sessionStorage.removeItem(KEPT)
  else sessionStorage.setItem(KEPT, key)
  set({ key, asked: false })
}
