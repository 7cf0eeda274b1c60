/**
 * Indexes of nearest neighbours, beside the version they belong to: `models/<name>/indexes/<000001>/` with one file of arrays each and
 * `indexes.json`, which says what they are and what they must weigh. They appear whole or not at all, and a version is whole without them.
 */
import { join } from 'node:path'
import * as z from 'zod'
import type { CellTensors } from '../retrieval/neighbours/cells.ts'
import {
  type IndexFacts,
  indexFacts,
  type IndexName,
  type KeptIndex,
} from '../retrieval/neighbours/indexes.ts'
import * as atomic from './atomic.ts'
import { readJson } from './json.ts'
import { checkFormat, FORMAT, release } from './manifest.ts'
import { readSafetensors, type StoredTensor, writeSafetensors } from './safetensors.ts'
import { fail } from '../errors.ts'

const JSON_FILE = 'indexes.json'
const todo = 'Build them again: POST /v1/jobs with {"kind": "index"}.'
const schema = z.looseObject({
  formatVersion: z.literal(FORMAT),
  homophily: z.string(),
  created: z.string(),
  indexes: z.array(indexFacts.extend({ bytes: z.int(), sha256: z.string() })),
})

/** Writes indexes into a temporary folder in `models`. Answers the folder, to be published. */
export async function writeIndexes(models: string, kept: readonly KeptIndex[]): Promise<string> {
  return atomic.buildDirectory(models, async (directory) => {
    const indexes = []
    for (const { facts, tensors } of kept) {
      const { peaks, offsets, members } = tensors
      const stored = {
        peaks: { data: peaks, shape: [peaks.length / facts.dim, facts.dim] },
        offsets: { data: offsets, shape: [offsets.length] },
        members: { data: members, shape: [members.length] },
      }
      indexes.push({ ...facts, ...(await writeSafetensors(join(directory, fileOf(facts.name)), stored)) })
    }
    const created = new Date().toISOString()
    const text = JSON.stringify({ formatVersion: FORMAT, homophily: release, created, indexes }, null, 2)
    await atomic.replaceText(join(directory, JSON_FILE), `${text}\n`)
  })
}

/** What is known of the indexes in `directory`, without looking at their files; none when there are none. */
export async function readIndexFacts(directory: string): Promise<IndexFacts[]> {
  return (await read(directory)).map(({ bytes: _bytes, sha256: _sha256, ...facts }) => facts)
}

/** The indexes in `directory`, each checked against its checksum. @throws ARTEFACT for a damaged one. */
export async function readIndexes(directory: string): Promise<KeptIndex[]> {
  const kept: KeptIndex[] = []
  for (const { bytes, sha256, ...facts } of await read(directory)) {
    const path = join(directory, fileOf(facts.name))
    const expected = `the ${bytes} bytes that were saved`
    if (!(await atomic.exists(path))) throw fail('ARTEFACT', { path, expected, got: 'none', todo })
    const { tensors, fingerprint } = await readSafetensors(path)
    if (fingerprint.bytes !== bytes || fingerprint.sha256 !== sha256) {
      const got = fingerprint.bytes === bytes ? 'other contents' : `${fingerprint.bytes} bytes`
      throw fail('ARTEFACT', { path, expected, got, todo })
    }
    kept.push({ facts, tensors: arraysOf(tensors) })
  }
  return kept
}

function fileOf(name: IndexName): string {
  return `${name}.safetensors`
}

/** What was written, as its checksum says. */
function arraysOf({ peaks, offsets, members }: Record<string, StoredTensor>): CellTensors {
  return {
    peaks: peaks.data as Float32Array,
    offsets: offsets.data as Uint32Array,
    members: members.data as Int32Array,
  }
}

async function read(directory: string): Promise<z.infer<typeof schema>['indexes']> {
  const path = join(directory, JSON_FILE)
  const value = await readJson(path, todo)
  if (value === undefined) return []
  checkFormat(path, value, todo)
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data.indexes
  throw fail('ARTEFACT', {
    path,
    expected: 'facts about indexes',
    got: z.prettifyError(parsed.error),
    todo,
  })
}
