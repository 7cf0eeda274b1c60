/** A small disk for tests, where the machine lets one be made. */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface SmallDisk {
  readonly path: string
  /** Leaves no room. */
  fill(): void
  /** Makes room again. */
  clear(): void
  remove(): void
}

/** A file system in memory of so many MiB. Null, and a loud word, where mounting is not allowed: what needs it must then skip. */
export function smallDisk(mebibytes: number): SmallDisk | null {
  const path = mkdtempSync(join(tmpdir(), 'homophily-disk-'))
  const { status } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${mebibytes}m`, 'tmpfs', path])
  if (status !== 0) {
    rmSync(path, { recursive: true })
    console.warn('SKIPPED: no file system can be mounted here, so that a full disk is not tested.')
    return null
  }
  const filler = join(path, 'filler')
  return {
    path,
    fill() {
      // Down to the last page.
      for (const size of [2 ** 20, 2 ** 12]) {
        try {
          for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' })
        } catch (error) {
          if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error
        }
      }
    },
    clear: () => rmSync(filler),
    remove() {
      spawnSync('umount', ['-l', path])
      rmSync(path, { recursive: true, force: true })
    },
  }
}
