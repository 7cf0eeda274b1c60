/** A model as the workspace sees it, whatever the method: tensors, two vocabularies, and JSON that only the method reads. */
import { join } from 'node:path'
import { readFile, stat } from 'node:fs/promises'
import { isAbsence, replaceText } from './atomic.ts'
import { readIds, writeIds } from './ids.ts'
import { toJson } from './json.ts'
import { damagedVersion, files, FORMAT, readManifest, release, writeManifest } from './manifest.ts'
import { fingerprintFile, readSafetensors, readShapes, writeSafetensors } from './safetensors.ts'
import type { Manifest } from './manifest.ts'
import type { Fingerprint, StoredTensor } from './safetensors.ts'

export interface ModelBundle {
  /** Name of the method, as in its family's array. */
  readonly method: string
  /** The resolved configuration. */
  readonly config: Readonly<Record<string, unknown>>
  readonly seed: number
  readonly tensors: Readonly<Record<string, StoredTensor>>
  /** Anything else the method needs to come back, as plain JSON. */
  readonly metadata: unknown
  /** Ids in row order. */
  readonly users: Iterable<string>
  readonly items: Iterable<string>
  /** Figures to show in lists, such as `recall@20`. */
  readonly metrics?: Readonly<Record<string, number>>
  /** The evaluation report, as plain JSON. */
  readonly report?: unknown
  /** What it was trained on (description, hash), as plain JSON. */
  readonly data?: unknown
}

export interface LoadedModel extends ModelBundle {
  readonly name: string
  readonly version: number
  /** When it was saved, ISO 8601. */
  readonly created: string
  /** The homophily release that saved it. */
  readonly homophily: string
  readonly users: readonly string[]
  readonly items: readonly string[]
  readonly metrics: Readonly<Record<string, number>>
}

const [WEIGHTS, USERS, ITEMS, REPORT] = files

/** Refuses, before anything is written, what JSON cannot keep. */
export function checkBundle(bundle: ModelBundle): void {
  for (const key of ['method', 'config', 'seed'] as const) toJson(bundle[key], key)
  for (const key of ['metadata', 'metrics', 'report', 'data'] as const) {
    if (bundle[key] !== undefined) toJson(bundle[key], key)
  }
}

/** Writes the files of one version into `directory`, `model.json` last. */
export async function writeBundle(directory: string, bundle: ModelBundle, created: string): Promise<void> {
  const { method, config, seed, metadata, data } = bundle
  const weights = await writeSafetensors(join(directory, WEIGHTS), bundle.tensors, {
    homophily: release,
    method,
  })
  const users = await writeIds(join(directory, USERS), bundle.users)
  const items = await writeIds(join(directory, ITEMS), bundle.items)
  const report: { [REPORT]?: Fingerprint } = {}
  if (bundle.report !== undefined) {
    await replaceText(join(directory, REPORT), toJson(bundle.report, 'report') + '\n')
    report[REPORT] = await fingerprintFile(join(directory, REPORT))
  }
  await writeManifest(directory, {
    formatVersion: FORMAT,
    homophily: release,
    created,
    method,
    config,
    seed,
    metadata,
    data,
    metrics: bundle.metrics ?? {},
    users,
    items,
    files: {
      [WEIGHTS]: weights,
      [USERS]: await fingerprintFile(join(directory, USERS)),
      [ITEMS]: await fingerprintFile(join(directory, ITEMS)),
      ...report,
    },
  })
}

/** Reads one version, and checks each file against `model.json` before it is believed. */
export async function readBundle(directory: string, name: string, version: number): Promise<LoadedModel> {
  const manifest = await readManifest(directory)
  const listed = manifest.files
  for (const file of [USERS, ITEMS, REPORT] as const) {
    const expected = listed[file]
    if (expected !== undefined) await verify(join(directory, file), expected)
  }
  const { tensors } = await readWeights(join(directory, WEIGHTS), listed[WEIGHTS])
  const { method, config, seed, metadata, data, metrics, created, homophily } = manifest
  return {
    name,
    version,
    created,
    homophily,
    method,
    config,
    seed,
    metadata,
    metrics,
    tensors,
    users: await readVocabulary(join(directory, USERS), manifest.users),
    items: await readVocabulary(join(directory, ITEMS), manifest.items),
    ...(data === undefined ? {} : { data }),
    ...(listed[REPORT] === undefined
      ? {}
      : { report: JSON.parse(await readFile(join(directory, REPORT), 'utf8')) }),
  }
}

/** The shapes of the tensors of the version in `directory`. */
export function shapesIn(directory: string): Promise<Readonly<Record<string, readonly number[]>>> {
  const path = join(directory, WEIGHTS)
  return present(path, readShapes(path))
}

/** Checks all files of the version in `directory` without loading them. */
export async function verifyBundle(directory: string): Promise<void> {
  const manifest = await readManifest(directory)
  for (const file of files) {
    const expected = manifest.files[file]
    if (expected !== undefined) await verify(join(directory, file), expected)
  }
}

/** Bytes of a version's files, `model.json` itself not counted. */
export function bytesOf(manifest: Manifest): number {
  let bytes = 0
  for (const file of files) bytes += manifest.files[file]?.bytes ?? 0
  return bytes
}

async function readWeights(path: string, expected: Fingerprint) {
  const bytes = (await present(path, stat(path))).size
  if (bytes !== expected.bytes) throw mismatch(path, expected, bytes)
  const weights = await readSafetensors(path)
  if (weights.fingerprint.sha256 !== expected.sha256) throw mismatch(path, expected, bytes)
  return weights
}

async function readVocabulary(path: string, rows: number): Promise<string[]> {
  const ids = await readIds(path)
  if (ids.length !== rows) throw damagedVersion(path, `${rows} ids`, String(ids.length))
  return ids
}

async function verify(path: string, expected: Fingerprint): Promise<void> {
  const found = await present(path, fingerprintFile(path))
  if (found.bytes !== expected.bytes || found.sha256 !== expected.sha256)
    throw mismatch(path, expected, found.bytes)
}

async function present<T>(path: string, found: Promise<T>): Promise<T> {
  try {
    return await found
  } catch (error) {
    throw isAbsence(error) ? damagedVersion(path, 'a file', 'none') : error
  }
}

function mismatch(path: string, expected: Fingerprint, bytes: number): Error {
  const want = `the ${expected.bytes} bytes that were saved (by their SHA-256)`
  return damagedVersion(path, want, bytes === expected.bytes ? 'other contents' : `${bytes} bytes`)
}
