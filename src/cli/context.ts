/** What a command works with: where its output goes, how it reports progress, when it has to stop. */
import { fail } from '../errors.ts'
import { describeBackend } from '../kernels/index.ts'
import type { RunOptions } from '../train/run.ts'
import { exitCodes } from './exit-codes.ts'
import { ProgressLine } from './progress.ts'

/** The world outside of a command line; tests bring their own. */
export interface Io {
  /** Results. */
  out(text: string): Promise<void>
  /** Progress, notices, errors. */
  err(text: string): void
  /** Whether `err` goes to a terminal, where a line can be redrawn. */
  readonly terminal: boolean
  /** Fires when the person interrupts. */
  readonly signal?: AbortSignal
}

export interface CommonOptions {
  readonly json?: boolean
  readonly quiet?: boolean
  readonly debug?: boolean
}

/** The output of a command: text, whole or in pieces. */
export type Output = string | Iterable<string>

export class Context {
  readonly json: boolean
  readonly signal: AbortSignal | undefined
  /** What a person should know about the results; shown with them. */
  readonly warnings: string[] = []
  readonly progress: ProgressLine
  /** For commands whose answer is a kind of no. */
  exitCode: number = exitCodes.ok
  /** What is said when the person interrupts. */
  interrupted = 'interrupted; nothing was saved'
  readonly #io: Io
  readonly #silent: boolean

  constructor(io: Io, options: CommonOptions) {
    this.#io = io
    this.json = options.json ?? false
    this.signal = io.signal
    this.#silent = this.json || (options.quiet ?? false)
    this.progress = new ProgressLine(
      (text) => io.err(text),
      this.#silent ? 'silent' : io.terminal ? 'terminal' : 'plain',
    )
  }

  /** A line on standard error, for people. */
  notice(text: string): void {
    if (this.#silent) return
    this.progress.clear()
    this.#io.err(`${text}\n`)
  }

  /** Says once which kernels this process uses, and why not the faster ones. */
  announceKernels(): void {
    this.notice(kernelsLine())
  }

  /** For the jobs that {@link run} drives. */
  get runOptions(): RunOptions {
    return { signal: this.signal, onProgress: (progress) => this.progress.show(progress) }
  }

  /** Throws CANCELLED when the person has interrupted. */
  check(): void {
    if (this.signal?.aborted) throw fail('CANCELLED', { what: 'the command' })
  }

  /** The result of `work`, or CANCELLED as soon as the person interrupts. For work that leaves nothing behind when it is dropped. */
  async untilInterrupted<T>(work: () => Promise<T>): Promise<T> {
    const { signal } = this
    this.check()
    if (!signal) return work()
    let stop = (): void => {}
    const interrupted = new Promise<never>((_, reject) => {
      stop = () => reject(fail('CANCELLED', { what: 'the command' }))
      signal.addEventListener('abort', stop)
    })
    try {
      return await Promise.race([work(), interrupted])
    } finally {
      signal.removeEventListener('abort', stop)
    }
  }

  /** The output: `value` as one JSON document with --json, else `text`. */
  answer(value: unknown, text: Output): Output {
    return this.json ? `${JSON.stringify(value, undefined, 2)}\n` : text
  }
}

/** `kernels: native avx512, 2 threads` */
export function kernelsInUse(): string {
  const { backend, isa, threads } = describeBackend()
  return `kernels: ${backend} ${isa}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
}

function kernelsLine(): string {
  const { whyNotNative } = describeBackend()
  return whyNotNative === null ? kernelsInUse() : `${kernelsInUse()} (native not in use: ${whyNotNative})`
}
