/** Checkpoints of running trainings: one safetensors file each, replaced atomically. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { makeDirectory } from './atomic.ts'
import { toJson } from './json.ts'
import { checkFormat, FORMAT, release } from './manifest.ts'
import { checkName } from './names.ts'
import { readSafetensors, writeSafetensors } from './safetensors.ts'
import type { Safetensors, StoredTensor } from './safetensors.ts'
import { fail, HomophilyError } from '../errors.ts'

const todo = 'Remove the checkpoint and start the training anew.'

export interface Checkpoint {
  readonly tensors: Readonly<Record<string, StoredTensor>>
  /** Plain JSON: epoch, state of the optimiser and of the random streams, and the like. */
  readonly metadata: unknown
}

/** Writes the checkpoint `name` under `directory` in place of the one before. */
export async function writeCheckpoint(
  directory: string,
  name: string,
  checkpoint: Checkpoint,
): Promise<void> {
  checkName(name)
  const state = toJson(checkpoint.metadata, 'metadata')
  await makeDirectory(directory)
  const metadata = { formatVersion: String(FORMAT), homophily: release, state }
  await writeSafetensors(fileOf(directory, name), checkpoint.tensors, metadata)
}

/** The checkpoint `name`, or undefined when there is none; ARTEFACT when it is damaged or of a later format. */
export async function readCheckpoint(directory: string, name: string): Promise<Checkpoint | undefined> {
  checkName(name)
  const path = fileOf(directory, name)
  let file: Safetensors
  try {
    file = await readSafetensors(path)
  } catch (error) {
    if (error instanceof HomophilyError && error.code === 'MISSING') return undefined
    throw error
  }
  const { formatVersion, homophily, state } = file.metadata
  checkFormat(path, { formatVersion: Number(formatVersion), homophily }, todo)
  try {
    return { tensors: file.tensors, metadata: JSON.parse(state ?? '') }
  } catch (cause) {
    throw fail('ARTEFACT', { path, expected: 'a state in JSON', got: state ?? 'none', todo }, { cause })
  }
}

/** Removes the checkpoint `name` if there is one. */
export async function deleteCheckpoint(directory: string, name: string): Promise<void> {
  checkName(name)
  await rm(fileOf(directory, name), { force: true })
}

function fileOf(directory: string, name: string): string {
  return join(directory, `${name}.safetensors`)
}
