/**
 * The workspace: what homophily keeps on disk.
 *
 *     workspace.json                       format of the workspace
 *     models/<name>/current                which version is in service
 *     models/<name>/notes.json             what is said of the model whatever its version, such as names that people gave
 *     models/<name>/versions/<000001>/     model.json, weights.safetensors, users.parquet, items.parquet, report.json
 *     models/<name>/indexes/<000001>/      indexes.json and the indexes of nearest neighbours of that version, where it has any
 *     checkpoints/<name>.safetensors       state of running trainings
 *
 * A version is built under a temporary name and never changes once it has its number. What decides between writers (the
 * number, the version in service, deletion) happens under a lock per model; readers need none.
 */
import { rm } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import * as atomic from './atomic.ts'
import { bytesOf, checkBundle, readBundle, shapesIn, verifyBundle, writeBundle } from './bundle.ts'
import type { LoadedModel, ModelBundle } from './bundle.ts'
import { deleteCheckpoint, readCheckpoint, writeCheckpoint } from './checkpoints.ts'
import type { Checkpoint } from './checkpoints.ts'
import { familyOf } from './families.ts'
import type { KeptIndex } from '../retrieval/neighbours/indexes.ts'
import { readIndexes, readIndexFacts, writeIndexes } from './indexes.ts'
import { readCurrent, readCurrentIfSound, writeCurrent } from './current.ts'
import { readJson, toJson } from './json.ts'
import { withLock } from './lock.ts'
import { checkFormat, FORMAT, readManifest, release } from './manifest.ts'
import { checkName, directoryOf, isName, versionsAmong } from './names.ts'
import type { ModelDetails, ModelSummary, ModelVersion, VersionSummary } from './summaries.ts'
import { fail, HomophilyError, quote } from '../errors.ts'

export type { LoadedModel, ModelBundle } from './bundle.ts'
export type { ModelDetails, ModelSummary, ModelVersion, VersionSummary } from './summaries.ts'
export type { Checkpoint } from './checkpoints.ts'

/**
 * Opens the workspace at `directory`, clearing away what crashed processes left. Nothing is created before the first save.
 *
 * @throws ARTEFACT when a later release wrote it in a format this one does not know.
 */
export async function openWorkspace(directory = './.homophily'): Promise<Workspace> {
  const workspace = new Workspace(resolve(directory))
  await workspace.check()
  await workspace.clean()
  return workspace
}

export class Workspace {
  readonly directory: string
  readonly #models: string
  readonly #checkpoints: string

  /** @internal Use {@link openWorkspace}. */
  constructor(directory: string) {
    this.directory = directory
    this.#models = join(directory, 'models')
    this.#checkpoints = join(directory, 'checkpoints')
  }

  /**
   * Saves `bundle` as a new version of model `name`, which goes into service once all of it is on disk, unless `inService` is false:
   * then {@link rollback} to it puts it there.
   *
   * @throws ARGUMENT for a name or JSON that cannot be stored, SHAPE for a tensor that is not what its shape says.
   */
  async saveModel(name: string, bundle: ModelBundle, inService = true): Promise<ModelVersion> {
    checkName(name)
    checkBundle(bundle)
    await this.#create(this.#models)
    const created = new Date().toISOString()
    const temporary = await atomic.buildDirectory(this.#models, (path) => writeBundle(path, bundle, created))
    try {
      const version = await this.#locked(name, () => this.#publish(name, temporary, inService))
      return { name, version }
    } catch (error) {
      await rm(temporary, { recursive: true, force: true })
      throw error
    }
  }

  /**
   * Loads a version of model `name`, by default the one in service. Each file is checked against the checksum it was saved with.
   *
   * @throws UNKNOWN_NAME for a model or version that is not there; ARTEFACT for one that is damaged or of a later format.
   */
  async loadModel(name: string, version?: number): Promise<LoadedModel> {
    for (let last: number | undefined; ;) {
      const number = await this.#find(name, version)
      const path = this.#pathOf(name, number)
      try {
        return await readBundle(path, name, number)
      } catch (error) {
        // Deleted while it was being read: say so, or take the one that went into service meanwhile.
        if (number === last || (await atomic.isDirectory(path))) throw error
        last = number
      }
    }
  }

  /**
   * Which version {@link loadModel} would load, when it was saved and on what it was trained: whoever keeps a model in memory knows by
   * the first two whether it still is the same.
   */
  async findModel(
    name: string,
    version?: number,
  ): Promise<ModelVersion & { readonly created: string; readonly data: unknown }> {
    const number = await this.#find(name, version)
    const { created, data } = await readManifest(this.#pathOf(name, number))
    return { name, version: number, created, data }
  }

  /** The shapes of the tensors of a version, without loading them. */
  async tensorShapes(name: string, version: number): Promise<Readonly<Record<string, readonly number[]>>> {
    return shapesIn(this.#pathOf(name, await this.#find(name, version)))
  }

  /** The version of model `name` in service; undefined when there is no such model, or none in service. */
  async currentVersion(name: string): Promise<number | undefined> {
    checkName(name)
    return (await readCurrent(this.#modelOf(name)))?.version
  }

  /** All models, by name. */
  async listModels(): Promise<ModelSummary[]> {
    const models: ModelSummary[] = []
    for (const name of await atomic.namesIn(this.#models)) {
      if (!isName(name)) continue
      const service = await this.#service(name)
      const versions = await this.#numbers(name)
      if (versions.length > 0) models.push({ name, ...service, versions })
    }
    return models
  }

  /** The versions of a model, in order, with what their `model.json` tells. */
  async showModel(name: string): Promise<ModelDetails> {
    await this.#requireModel(name)
    const service = await this.#service(name)
    const versions: VersionSummary[] = []
    for (const version of await this.#numbers(name)) {
      const summary = { version, current: version === service.current }
      try {
        const manifest = await readManifest(this.#pathOf(name, version))
        const { created, homophily, method, config, seed, metrics, users, items, data } = manifest
        const details = {
          created,
          homophily,
          method,
          family: familyOf(manifest.metadata),
          config,
          seed,
          metrics,
          users,
          items,
          bytes: bytesOf(manifest),
          indexes: await readIndexFacts(this.#indexesOf(name, version)),
        }
        versions.push({ ...summary, details: data === undefined ? details : { ...details, data } })
      } catch (error) {
        if (!(error instanceof HomophilyError)) throw error
        if (await atomic.isDirectory(this.#pathOf(name, version)))
          versions.push({ ...summary, problem: error.message })
      }
    }
    return { name, ...service, versions }
  }

  /** Puts `version` into service, by default the one before the current one. The versions after it stay. */
  async rollback(name: string, version?: number): Promise<ModelVersion> {
    await this.#requireModel(name)
    return this.#locked(name, async () => {
      const numbers = await this.#numbers(name)
      const read = version === undefined ? readCurrent : readCurrentIfSound
      const state = await read(this.#modelOf(name))
      const before = numbers.filter((number) => number < (state?.version ?? Infinity)).at(-1)
      if (version === undefined && before === undefined) {
        const todo = `Versions there are: ${numbers.join(', ')}.`
        throw fail('MISSING', { what: `model ${quote(name)} has no version before the current one`, todo })
      }
      const target = version ?? before!
      if (!numbers.includes(target)) throw unknownVersion(name, target, numbers)
      await verifyBundle(this.#pathOf(name, target))
      await writeCurrent(this.#modelOf(name), {
        version: target,
        highest: Math.max(state?.highest ?? 0, ...numbers),
      })
      return { name, version: target }
    })
  }

  /**
   * Deletes one version, or without `version` the whole model.
   *
   * @throws ARGUMENT for the version in service, UNKNOWN_NAME for what is not there.
   */
  async deleteModel(name: string, version?: number): Promise<void> {
    await this.#requireModel(name)
    await this.#locked(name, async () => {
      await this.#requireModel(name)
      if (version === undefined) return atomic.removeDirectory(this.#modelOf(name), this.#models)
      const numbers = await this.#numbers(name)
      if (!numbers.includes(version)) throw unknownVersion(name, version, numbers)
      if ((await readCurrent(this.#modelOf(name)))?.version === version) {
        throw fail('ARGUMENT', {
          what: `deleting a version of model ${quote(name)}`,
          expected:
            'a version that is not in service (roll back or train a new one first, or delete the whole model)',
          got: `version ${version}, which is in service`,
        })
      }
      await this.#removeIndexes(name, version)
      await atomic.removeDirectory(this.#pathOf(name, version), this.#models)
    })
  }

  /** What was noted of model `name`, whatever its version: plain JSON, undefined without any. */
  async readNotes(name: string): Promise<unknown> {
    checkName(name)
    return readJson(this.#notesOf(name), 'Delete the file: the names that it holds are lost.')
  }

  /** Replaces the notes of model `name` by what `change` makes of them, one writer at a time. Answers the new ones. */
  async changeNotes<T>(name: string, change: (notes: unknown) => T): Promise<T> {
    checkName(name)
    await this.#create(this.#models)
    await atomic.makeDirectory(this.#modelOf(name))
    return this.#locked(name, async () => {
      const notes = change(await this.readNotes(name))
      await atomic.replaceText(this.#notesOf(name), toJson(notes, 'notes') + '\n')
      return notes
    })
  }

  /** Saves the indexes of a version, in place of those it has. They count once all of them are on disk. */
  async saveIndexes(name: string, version: number, kept: readonly KeptIndex[]): Promise<void> {
    await this.#find(name, version)
    const temporary = await writeIndexes(this.#models, kept)
    try {
      await this.#locked(name, async () => {
        await this.#find(name, version)
        await this.#removeIndexes(name, version)
        const target = this.#indexesOf(name, version)
        await atomic.makeDirectory(dirname(target))
        await atomic.publishDirectory(temporary, target)
      })
    } catch (error) {
      await rm(temporary, { recursive: true, force: true })
      throw error
    }
  }

  /** The indexes of a version; none when it has none. @throws ARTEFACT when they are damaged. */
  async loadIndexes(name: string, version: number): Promise<KeptIndex[]> {
    checkName(name)
    return readIndexes(this.#indexesOf(name, version))
  }

  /** When the indexes of a version appeared, in milliseconds; undefined without any. */
  async indexedAt(name: string, version: number): Promise<number | undefined> {
    checkName(name)
    return atomic.changedAt(this.#indexesOf(name, version))
  }

  /** Writes the checkpoint of a running training, in place of the one before. */
  async saveCheckpoint(name: string, checkpoint: Checkpoint): Promise<void> {
    checkName(name)
    await this.#create(this.#checkpoints)
    await writeCheckpoint(this.#checkpoints, name, checkpoint)
  }
  /** The last checkpoint of that name, or undefined when there is none. */
  async loadCheckpoint(name: string): Promise<Checkpoint | undefined> {
    return readCheckpoint(this.#checkpoints, name)
  }
  /** Removes a checkpoint, if there is one. */
  async removeCheckpoint(name: string): Promise<void> {
    await deleteCheckpoint(this.#checkpoints, name)
  }

  /** @internal Refuses a workspace of a later format. */
  async check(): Promise<void> {
    const path = this.#file
    const value = await readJson(
      path,
      'Restore the file, or delete it if all models were saved by this release.',
    )
    if (value !== undefined) checkFormat(path, value)
  }

  /** @internal Removes what crashed processes left; a workspace that may only be read is left as it is. */
  async clean(): Promise<void> {
    const models = (await atomic.namesIn(this.#models)).filter(isName).map((name) => this.#modelOf(name))
    for (const path of [this.directory, this.#models, this.#checkpoints, ...models]) {
      try {
        await atomic.removeLeftovers(path)
      } catch (error) {
        if (!['EACCES', 'EPERM', 'EROFS'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
      }
    }
  }

  async #publish(name: string, temporary: string, inService: boolean): Promise<number> {
    await atomic.makeDirectory(this.#versionsOf(name))
    const current = await readCurrentIfSound(this.#modelOf(name))
    const version = Math.max(current?.highest ?? 0, ...(await this.#numbers(name))) + 1
    await atomic.publishDirectory(temporary, this.#pathOf(name, version))
    if (inService) await writeCurrent(this.#modelOf(name), { version, highest: version })
    else if (current) await writeCurrent(this.#modelOf(name), { ...current, highest: version })
    return version
  }

  get #file(): string {
    return join(this.directory, 'workspace.json')
  }
  #modelOf(name: string): string {
    return join(this.#models, name)
  }
  #notesOf(name: string): string {
    return join(this.#modelOf(name), 'notes.json')
  }
  #versionsOf(name: string): string {
    return join(this.#modelOf(name), 'versions')
  }
  #pathOf(name: string, version: number): string {
    return join(this.#versionsOf(name), directoryOf(version))
  }
  #indexesOf(name: string, version: number): string {
    return join(this.#modelOf(name), 'indexes', directoryOf(version))
  }
  async #removeIndexes(name: string, version: number): Promise<void> {
    if ((await this.indexedAt(name, version)) !== undefined)
      await atomic.removeDirectory(this.#indexesOf(name, version), this.#models)
  }
  async #numbers(name: string): Promise<number[]> {
    return versionsAmong(await atomic.namesIn(this.#versionsOf(name)))
  }
  #locked<T>(name: string, work: () => Promise<T>): Promise<T> {
    return withLock(join(this.#models, `.lock-${name}`), work)
  }

  async #create(directory: string): Promise<void> {
    await atomic.makeDirectory(directory)
    if (!(await atomic.exists(this.#file))) {
      await atomic.replaceText(
        this.#file,
        JSON.stringify({ formatVersion: FORMAT, homophily: release }) + '\n',
      )
    }
    await atomic.removeLeftovers(directory)
  }

  /** Lists go on where one model's `current` is damaged, and show it. */
  async #service(name: string): Promise<{ current: number | undefined; problem?: string }> {
    try {
      return { current: (await readCurrent(this.#modelOf(name)))?.version }
    } catch (error) {
      if (error instanceof HomophilyError) return { current: undefined, problem: error.message }
      throw error
    }
  }

  async #requireModel(name: string): Promise<void> {
    if (isName(name) && (await this.#numbers(name)).length > 0) return
    const known = (await this.listModels()).map((model) => model.name)
    throw fail('UNKNOWN_NAME', { kind: 'model', name, known })
  }

  async #find(name: string, version: number | undefined): Promise<number> {
    await this.#requireModel(name)
    // `current` before the list: what it names is on disk already, but may not have been when the list was made.
    const wanted = version ?? (await readCurrent(this.#modelOf(name)))?.version
    const numbers = await this.#numbers(name)
    if (wanted === undefined) {
      const todo = `Put one into service with a rollback to it: ${numbers.join(', ')}.`
      throw fail('MISSING', { what: `model ${quote(name)} has no version in service`, todo })
    }
    if (!numbers.includes(wanted)) throw unknownVersion(name, wanted, numbers)
    return wanted
  }
}

function unknownVersion(name: string, version: number, known: readonly number[]): Error {
  return fail('UNKNOWN_NAME', {
    kind: `version of model ${quote(name)}`,
    name: String(version),
    known: known.map(String),
  })
}
