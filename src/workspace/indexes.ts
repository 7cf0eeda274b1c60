/**
 * Indexes of nearest neighbours, beside the version they belong to: `models/<name>/indexes/<000001>/` with one file each and `indexes.json`,
 * which says what they are and what they must weigh. They appear whole or not at all, and a version is whole without them.
 */
import { join } from 'node:path'
import * as z from 'zod'
import { type IndexFacts, indexFacts } from '../retrieval/neighbours/indexes.ts'
import * as atomic from './atomic.ts'
import { readJson } from './json.ts'
import { checkFormat, FORMAT, release } from './manifest.ts'
import { fingerprintFile } from './safetensors.ts'
import { fail } from '../errors.ts'

const JSON_FILE = 'indexes.json'
const todo = 'Build them again: POST /v1/jobs with {"kind": "index"}.'
const schema = z.looseObject({
  formatVersion: z.literal(FORMAT),
  homophily: z.string(),
  created: z.string(),
  indexes: z.array(indexFacts.extend({ bytes: z.int(), sha256: z.string() })),
})

/** Builds into a temporary folder in `models`; `fill` writes the files and says what they are. Answers the folder, to be published. */
export async function writeIndexes(
  models: string,
  fill: (directory: string) => Promise<readonly IndexFacts[]>,
): Promise<string> {
  return atomic.buildDirectory(models, async (directory) => {
    const facts = await fill(directory)
    const indexes = []
    for (const fact of facts)
      indexes.push({ ...fact, ...(await fingerprintFile(join(directory, fact.file))) })
    const created = new Date().toISOString()
    const text = JSON.stringify({ formatVersion: FORMAT, homophily: release, created, indexes }, null, 2)
    await atomic.replaceText(join(directory, JSON_FILE), `${text}\n`)
  })
}

/** What is known of the indexes in `directory`, without looking at their files; none when there are none. */
export async function readIndexFacts(directory: string): Promise<IndexFacts[]> {
  return (await read(directory)).map(({ bytes: _bytes, sha256: _sha256, ...facts }) => facts)
}

/** {@link readIndexFacts} after each file was checked: what maps them trusts them. */
export async function verifyIndexes(directory: string): Promise<IndexFacts[]> {
  for (const { file, bytes, sha256 } of await read(directory)) {
    const path = join(directory, file)
    const found = (await atomic.exists(path)) ? await fingerprintFile(path) : null
    if (found?.bytes === bytes && found.sha256 === sha256) continue
    const got = !found ? 'none' : found.bytes === bytes ? 'other contents' : `${found.bytes} bytes`
    throw fail('ARTEFACT', { path, expected: `the ${bytes} bytes that were saved`, got, todo })
  }
  return readIndexFacts(directory)
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
