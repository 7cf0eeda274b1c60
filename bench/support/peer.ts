/** A peer: a script of bench/peers, in Python or our own, that reads one JSON line of settings, then answers each line with a line of JSON. */
import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface Peer {
  readonly version: string
  ask(line: string): Promise<Record<string, unknown>>
  stop(): void
}

/**
 * Starts a peer, or answers null where Python has not what it needs. PYTHON names the interpreter; `environment` is added to that
 * of this process.
 */
export async function startPeer(
  script: string,
  settings: unknown,
  environment: Readonly<Record<string, string>> = {},
): Promise<Peer | null> {
  const path = fileURLToPath(new URL(`../peers/${script}`, import.meta.url))
  const [command, ...options] = script.endsWith('.py')
    ? [process.env['PYTHON'] ?? 'python3', '-W', 'ignore']
    : [process.execPath]
  const env = { ...process.env, ...environment }
  const child = spawn(command, [...options, path], { stdio: ['pipe', 'pipe', 'pipe'], env })
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]()
  child.on('error', () => {})
  child.stdin.on('error', () => {})
  child.stdin.write(`${JSON.stringify(settings)}\n`)
  const next = async (): Promise<Record<string, unknown> | null> => {
    const { value, done } = await lines.next()
    return done ? null : (JSON.parse(value) as Record<string, unknown>)
  }
  const hello = await next()
  if (!hello) return null
  return {
    version: String(hello['version']),
    async ask(line) {
      child.stdin.write(`${line}\n`)
      const answer = await next()
      if (!answer) throw new Error(`${script} stopped at ${line}`)
      return answer
    },
    stop: () => void child.stdin.end(),
  }
}
