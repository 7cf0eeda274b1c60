/**
 * Finished runs of a table in a folder: a file for each data set and method, a JSON line for each run. A run that is there is not run
 * again; a line that a kill cut short does not count.
 */
import { createHash } from 'node:crypto'
import { appendFile, mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { fail } from '../../errors.ts'

const scores = z.object({ acc: z.number(), nmi: z.number(), ari: z.number(), f1: z.number() })

const line = z.object({
  /** Of what the run depends on. */
  key: z.string(),
  set: z.string(),
  method: z.string(),
  seed: z.int(),
  config: z.record(z.string(), z.unknown()),
  /** Of the final state; null where the training diverged. */
  final: scores.nullable(),
  /** Why there is none. */
  failure: z.string().nullable(),
  /** The best epoch as the labels tell (epoch null: the final state); null where it was not looked for. */
  oracle: scores.extend({ epoch: z.int().nullable() }).nullable(),
  /** Clusters that have rows. */
  found: z.int(),
  /** What the final state shows without labels: its modularity on the graph, and the loss of the last epoch. Null where there is none. */
  modularity: z.number().nullable(),
  loss: z.number().nullable(),
  /** Of the processor, all threads, with the pre-training that was shared. */
  seconds: z.number(),
  kernels: z.string(),
})
export type TableRun = z.output<typeof line>

/** What a run depends on, beside the program. */
export interface RunTask {
  readonly set: string
  /** Of the input: how it is made, and its size. */
  readonly input: string
  readonly method: string
  readonly config: Readonly<Record<string, unknown>>
  readonly seed: number
}

export class TableResults {
  readonly folder: string
  readonly #runs = new Map<string, TableRun>()
  readonly #read = new Set<string>()
  /** Files whose last line was cut short: the next one begins on a line of its own. */
  readonly #torn = new Set<string>()

  private constructor(folder: string) {
    this.folder = folder
  }

  static async open(folder: string): Promise<TableResults> {
    await mkdir(folder, { recursive: true })
    return new TableResults(folder)
  }

  /** The finished run of a task; one without the oracle does not serve where that is asked for. */
  async find(task: RunTask, oracle: boolean): Promise<TableRun | null> {
    await this.#load(this.#fileOf(task))
    const found = this.#runs.get(keyOf(task))
    return found && (!oracle || found.oracle || found.failure !== null) ? found : null
  }

  async add(
    task: RunTask,
    result: Omit<TableRun, 'key' | 'set' | 'method' | 'seed' | 'config'>,
  ): Promise<TableRun> {
    const { set, method, seed, config } = task
    const run: TableRun = { key: keyOf(task), set, method, seed, config, ...result }
    const file = this.#fileOf(task)
    const separator = this.#torn.delete(file) ? '\n' : ''
    await appendFile(file, `${separator}${JSON.stringify(run)}\n`)
    this.#runs.set(run.key, run)
    return run
  }

  #fileOf({ set, method }: RunTask): string {
    return join(this.folder, `${set}-${method}.jsonl`)
  }

  async #load(file: string): Promise<void> {
    if (this.#read.has(file)) return
    this.#read.add(file)
    const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return ''
      throw error
    })
    const lines = text.split('\n')
    if (lines.at(-1) !== '') this.#torn.add(file)
    lines.forEach((each, i) => {
      if (each.trim() === '') return
      const parsed = line.safeParse(parse(each))
      if (parsed.success) this.#runs.set(parsed.data.key, parsed.data)
      else if (!isCut(each))
        throw fail('ARTEFACT', {
          path: `${file}:${i + 1}`,
          expected: 'the result of a run as JSON',
          got: parsed.error.issues[0].message,
          todo: 'Delete the line to run it again.',
        })
    })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Whether it is the beginning of a line only, as a kill leaves one. */
function isCut(text: string): boolean {
  return text.startsWith('{') && !text.endsWith('}')
}

function keyOf(task: RunTask): string {
  return createHash('sha256').update(JSON.stringify(task)).digest('hex').slice(0, 16)
}
