#!/usr/bin/env node
/** The executable: real streams and signals around {@link runCli}. */
import { exitCodes } from './exit-codes.ts'
import { nodeComplaint } from './node-version.ts'

const complaint = nodeComplaint(process.versions.node)
if (complaint !== null) {
  process.stderr.write(`error: ${complaint}\n`)
  process.exit(exitCodes.failed)
}
const { runCli } = await import('./program.ts')

/** Milliseconds in which signals are one: npm passes on the Ctrl-C that the terminal has sent already. */
const TOGETHER = 500

const controller = new AbortController()
let aborted = -Infinity
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    const again = controller.signal.aborted && performance.now() - aborted > TOGETHER
    if (again) process.exit(exitCodes.interrupted)
    if (!controller.signal.aborted) aborted = performance.now()
    controller.abort()
  })
}
// Whoever reads the output may have seen enough, as in `| head`.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok)
  throw error
})

const code = await runCli(process.argv.slice(2), {
  out: (text) =>
    new Promise((resolve, reject) => {
      process.stdout.write(text, (error) => (error ? reject(error) : resolve()))
    }),
  err: (text) => void process.stderr.write(text),
  terminal: process.stderr.isTTY,
  signal: controller.signal,
})
// Reads that were dropped and idle threads must not keep the process.
process.exit(code)
