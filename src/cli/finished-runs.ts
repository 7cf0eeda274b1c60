/** Results of a comparison on disk, one file for each method and seed, so that one that was stopped goes on where it was. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { RankingResult } from '../evaluate/ranking.ts'
import type { SeedRun } from '../evaluate/seeds.ts'
import { makeDirectory, replaceText } from '../workspace/atomic.ts'
import { readJson } from '../workspace/json.ts'
import type { Parts } from './splitting.ts'

export type Run = SeedRun

export interface Training {
  readonly method: string
  readonly config: Readonly<Record<string, unknown>>
  readonly seed: number
}

interface Stored {
  readonly seconds: number
  readonly users: string
  readonly perUser: Readonly<Record<string, string>>
  readonly rest: Omit<RankingResult, 'users' | 'perUser'>
}

export class FinishedRuns {
  readonly directory: string
  readonly #task: string

  private constructor(directory: string, task: string) {
    this.directory = directory
    this.#task = task
  }

  /** `parts` and `k`: what the results are of. Results of other data, splits or cut-offs are not taken for these. */
  static async open(directory: string, parts: Parts, k: readonly number[]): Promise<FinishedRuns> {
    await makeDirectory(directory)
    const hash = createHash('sha256').update(JSON.stringify(k))
    for (const part of [parts.train, parts.validation, parts.test]) {
      hash.update(part ? `${part.matrix.rows} × ${part.matrix.cols}` : 'none')
      if (!part) continue
      const { indptr, indices } = part.matrix
      for (const array of [indptr, indices])
        hash.update(new Uint8Array(array.buffer, array.byteOffset, array.byteLength))
    }
    return new FinishedRuns(directory, hash.digest('hex'))
  }

  async load(training: Training): Promise<Run | null> {
    const stored = (await readJson(this.#fileOf(training), 'Delete the file to run it again.')) as
      Stored | undefined
    if (!stored) return null
    const perUser = Object.entries(stored.perUser).map(
      ([name, text]) => [name, new Float64Array(bytesOf(text))] as const,
    )
    const { rest } = stored
    const result: RankingResult = {
      ...rest,
      standardErrors: withNaN(rest.standardErrors),
      beyond: withNaN(rest.beyond),
      users: new Int32Array(bytesOf(stored.users)),
      perUser: Object.fromEntries(perUser),
    }
    return { seed: training.seed, seconds: stored.seconds, result }
  }

  async save(training: Training, { result, seconds }: Run): Promise<void> {
    const { users, perUser, ...rest } = result
    const columns = Object.entries(perUser).map(([name, values]) => [name, textOf(values)] as const)
    const stored: Stored = { seconds, users: textOf(users), perUser: Object.fromEntries(columns), rest }
    await replaceText(this.#fileOf(training), JSON.stringify({ ...training, ...stored }))
  }

  #fileOf(training: Training): string {
    const { method, seed, config } = training
    const key = createHash('sha256')
      .update(JSON.stringify([this.#task, method, config, seed]))
      .digest('hex')
    return join(this.directory, `${method}-${seed}-${key.slice(0, 12)}.json`)
  }
}

function textOf(array: Int32Array | Float64Array): string {
  return Buffer.from(array.buffer, array.byteOffset, array.byteLength).toString('base64')
}

function bytesOf(text: string): ArrayBuffer {
  return Uint8Array.from(Buffer.from(text, 'base64')).buffer
}

/** JSON has no NaN: it comes back as null. */
function withNaN(numbers: Readonly<Record<string, number | null>>): Record<string, number> {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, value ?? NaN]))
}
