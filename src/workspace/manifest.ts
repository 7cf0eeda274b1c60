/**
 * `model.json`: what a model version is and what its files must be. It carries a checksum of itself, and it is the last word
 * on whether this release can read the version: within a format unknown keys are ignored, a later format is refused.
 */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod'
import { replaceText } from './atomic.ts'
import { readJson, toJson } from './json.ts'
import { fail } from '../errors.ts'

/** Raised when a release writes what earlier ones cannot read. */
export const FORMAT = 1

/** This release, as in package.json. */
export const release = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version

export const files = ['weights.safetensors', 'users.parquet', 'items.parquet', 'report.json'] as const
const count = z.int().nonnegative()
const fingerprint = z.object({ bytes: count, sha256: z.string() })

const schema = z.looseObject({
  formatVersion: z.literal(FORMAT),
  /** Release that wrote it. */
  homophily: z.string(),
  /** ISO 8601. */
  created: z.string(),
  method: z.string(),
  config: z.record(z.string(), z.unknown()),
  seed: z.number(),
  metadata: z.unknown().optional(),
  data: z.unknown().optional(),
  metrics: z.record(z.string(), z.number()),
  users: count,
  items: count,
  files: z.object({
    'weights.safetensors': fingerprint,
    'users.parquet': fingerprint,
    'items.parquet': fingerprint,
    'report.json': fingerprint.optional(),
  }),
})
export type Manifest = z.infer<typeof schema>

const MODEL_JSON = 'model.json'
const todo = 'The version is damaged: roll back to another one, restore it from a backup, or train again.'

/** An error about a damaged version. */
export function damagedVersion(path: string, expected: string, got: string): Error {
  return fail('ARTEFACT', { path, expected, got, todo })
}

export async function writeManifest(directory: string, manifest: Manifest): Promise<void> {
  const body = toJson(manifest, MODEL_JSON)
  const text = JSON.stringify({ ...(JSON.parse(body) as object), checksum: digest(body) }, null, 2) + '\n'
  await replaceText(join(directory, MODEL_JSON), text)
}

/** Reads and checks `model.json` in `directory`; not the files it names. */
export async function readManifest(directory: string): Promise<Manifest> {
  const path = join(directory, MODEL_JSON)
  const value = await readJson(path, todo)
  if (value === undefined) throw damagedVersion(path, 'a file', 'none')
  checkFormat(path, value)
  const { checksum, ...body } = value as Record<string, unknown>
  if (checksum !== digest(JSON.stringify(body))) {
    throw damagedVersion(path, 'contents that match their checksum', 'other contents')
  }
  const parsed = schema.safeParse(body)
  if (!parsed.success) throw damagedVersion(path, 'the keys of a model', z.prettifyError(parsed.error))
  return parsed.data
}

/** Refuses what a later release wrote, naming that release, and what has no format at all. */
export function checkFormat(path: string, value: unknown, advice = todo): void {
  const { formatVersion, homophily } = (value ?? {}) as { formatVersion?: unknown; homophily?: unknown }
  if (!Number.isSafeInteger(formatVersion) || (formatVersion as number) < 1) {
    const got = JSON.stringify(formatVersion) ?? 'none'
    throw fail('ARTEFACT', { path, expected: 'a formatVersion of 1 or more', got, todo: advice })
  }
  if ((formatVersion as number) <= FORMAT) return
  const writer = typeof homophily === 'string' ? `homophily ${homophily}` : 'a later homophily'
  throw fail('ARTEFACT', {
    path,
    expected: `format ${FORMAT}, the latest that homophily ${release} reads`,
    got: `format ${String(formatVersion)}, written by ${writer}`,
    todo: `Use ${writer} or later, or train again with this release in another workspace.`,
  })
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
