/** For tests of the command line: runs it in this process, and a data set whose answers are known. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runCli } from '../src/cli/program.ts'

export interface Ran {
  readonly code: number
  readonly out: string
  readonly err: string
}

/** Runs `homophily ...argv`; an `interrupt` fires on the first text on standard error that contains it. */
export async function homophily(argv: readonly string[], interruptAt?: string): Promise<Ran> {
  const controller = new AbortController()
  let out = ''
  let err = ''
  const code = await runCli(argv, {
    out: async (text) => void (out += text),
    err: (text) => {
      err += text
      if (interruptAt !== undefined && err.includes(interruptAt)) controller.abort()
    },
    terminal: false,
    signal: controller.signal,
  })
  return { code, out, err }
}

export interface Folder {
  readonly path: string
  file(name: string, text?: string): string
  remove(): void
}

export function temporaryFolder(): Folder {
  const path = mkdtempSync(join(tmpdir(), 'homophily-cli-'))
  return {
    path,
    file(name, text) {
      const file = join(path, name)
      if (text !== undefined) writeFileSync(file, text)
      return file
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}

const USERS = 24
const ITEMS = 12

/**
 * Two groups: even users like the even items, odd users the odd ones, and each lacks one item of their group. That item is the
 * test: whoever learns the groups puts it first.
 */
export function twoGroups(): { train: string; test: string } {
  const train = ['user,item']
  const test = ['user,item']
  for (let u = 0; u < USERS; u++) {
    const group = u % 2
    const lacking = Math.floor(u / 2) % (ITEMS / 2)
    for (let j = 0; j < ITEMS / 2; j++) {
      const rows = j === lacking ? test : train
      rows.push(`u${u},i${2 * j + group}`)
    }
  }
  return { train: `${train.join('\n')}\n`, test: `${test.join('\n')}\n` }
}
