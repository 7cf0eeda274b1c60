/** Whether what is sent can be stored: how the last attempt ended, and how much room is left on the disk. */
import { statfs } from 'node:fs/promises'
import { type StorageFault, storageFault } from '../workspace/store/faults.ts'

/** With less room than this a training is likely to fail, and events soon are. */
const LITTLE = 64 * 2 ** 20

export const faultTexts: Readonly<Record<StorageFault, string>> = {
  full: 'there is no room left to store anything',
  'read-only': 'what is stored may only be read',
  unreachable: 'the store does not answer',
}

export class StorageState {
  #fault: StorageFault | null = null

  /** Notes an error, if it is one of storage. */
  note(error: unknown): void {
    this.#fault = storageFault(error) ?? this.#fault
  }

  /** Something was stored. */
  stored(): void {
    this.#fault = null
  }

  async check(directory: string): Promise<{ ok: boolean; detail: string }> {
    if (this.#fault)
      return { ok: false, detail: `${faultTexts[this.#fault]}: the last attempt to store something failed` }
    const free = await freeBytes(directory)
    return free !== null && free < LITTLE
      ? { ok: false, detail: `only ${Math.floor(free / 2 ** 20)} MiB are free where the workspace is` }
      : { ok: true, detail: 'what is sent is stored' }
  }
}

/** Null where that cannot be told, such as for a folder that is not there yet. */
async function freeBytes(directory: string): Promise<number | null> {
  try {
    const { bavail, bsize } = await statfs(directory)
    return bavail * bsize
  } catch {
    return null
  }
}
