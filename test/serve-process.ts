/** `homophily serve` in a process of its own, on a free port. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface ServeProcess {
  readonly process: ChildProcess
  readonly url: string
  /** What it said on standard error so far. */
  said(): string
  /** Resolves with its exit code, or null for one that was killed. */
  readonly ended: Promise<number | null>
}

const main = fileURLToPath(new URL('../src/cli/main.ts', import.meta.url))

export interface StartOptions {
  readonly args?: readonly string[]
  /** Whom it runs as; only root may say. */
  readonly user?: number
  /** What it says once it can be called, with its address. */
  readonly until?: RegExp
  /** For Node itself, and for its environment. */
  readonly nodeArgs?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
}

/** Resolves once it listens. It leads a process group of its own, so that it can be killed with its jobs. */
export async function startServe(
  workspace: string,
  { args = [], user, until = /listening on (http:\S+);/, nodeArgs = [], env = {} }: StartOptions = {},
): Promise<ServeProcess> {
  const child = spawn(
    process.execPath,
    [...nodeArgs, main, 'serve', '--workspace', workspace, '--port', '0', '--log', 'error', ...args],
    {
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      env: { ...process.env, ...env },
      ...(user === undefined ? {} : { uid: user, gid: user }),
    },
  )
  let said = ''
  const ended = new Promise<number | null>((resolve) => child.once('close', (code) => resolve(code)))
  const lines = createInterface({ input: child.stderr })
  const url = await new Promise<string>((resolve, reject) => {
    lines.on('line', (line) => {
      said += `${line}\n`
      const found = until.exec(line)
      if (found) resolve(found[1])
    })
    void ended.then((code) => reject(new Error(`the service ended with ${code} before it listened: ${said}`)))
  })
  return { process: child, url, said: () => said, ended }
}

/** Kills the process and all it started, at once. */
export async function killGroup({ process: child, ended }: ServeProcess): Promise<void> {
  try {
    process.kill(-child.pid!, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
  await ended
}

/** Asks it to stop; resolves with its exit code. */
export function stopServe({ process: child, ended }: ServeProcess): Promise<number | null> {
  child.kill('SIGTERM')
  return ended
}
