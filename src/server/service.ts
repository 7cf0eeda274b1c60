/**
 * What answers: the version of the model in service, and what happened since its training. New versions are loaded beside the old
 * one and swapped; what other processes stored or promoted is noticed by looking again twice a second.
 */
import { Activity } from '../retrieval/activity.ts'
import { Answering, type Answer, filtersOf, type Request } from '../retrieval/answering.ts'
import { Batcher } from '../retrieval/batcher.ts'
import { Catalogue } from '../retrieval/catalogue.ts'
import type { AttributeFilter, ItemAttributes } from '../retrieval/filter.ts'
import { type IndexFacts, useIndexes } from '../retrieval/neighbours/indexes.ts'
import { Profiles } from '../retrieval/profiles.ts'
import type { FittedRecommender } from '../models/recommend/family/fitted.ts'
import { fail, HomophilyError } from '../errors.ts'
import { runBeside } from '../steps.ts'
import { restoringRecommender } from '../workspace/recommenders.ts'
import { eventsIn } from '../workspace/spaces.ts'
import type { Store } from '../workspace/store/store.ts'
import type { Workspace } from '../workspace/workspace.ts'
import { popularSoFar } from './before-training.ts'

/** A version that answers. */
export interface Live {
  /** {@link UNTRAINED} for what answers before the first training. */
  readonly version: number
  readonly model: FittedRecommender
  /** The last event that it was trained on. */
  readonly upTo: number
  readonly activity: Activity
  readonly answering: Answering
  readonly created: number
  /** The indexes that it answers by; none below a size at which scoring everything is fast. */
  indexes: {
    /** When they appeared: others may come in their place. */
    readonly at: number
    readonly facts: readonly IndexFacts[]
    readonly problem: string | null
  } | null
  readonly erased: { readonly users: Set<string>; readonly items: Set<string> }
  /** Up to which event users were erased: whoever came back may have been erased again. */
  readonly forgotten: Map<string, number>
}

/** What answers before the first model, what it was made from, and until when it is not made anew. */
interface BeforeTraining {
  readonly live: Live
  readonly madeFrom: string
  readonly until: number
}

/** The version of an answer that owes nothing to a training. */
const UNTRAINED = 0

/** Milliseconds between two looks at what others did. */
const LOOK = 500
/** Milliseconds until a version that cannot be loaded is read again: someone may have restored it. */
const AGAIN = 30_000
/** Counting what is popular anew waits so many times as long as it took the last time. */
const EASE = 20
/** Clocks of several servers differ; what was changed this much before the last look is looked at again. */
const OVERLAP = 5000

export class Service {
  readonly workspace: Workspace
  readonly store: Store
  /** The name of the model that is served. */
  readonly name: string
  readonly catalogue = new Catalogue()
  readonly #users = new Map<string, ItemAttributes>()
  readonly #now: () => number
  readonly #batcher = new Batcher((requests: readonly Request[]) => this.#answerAll(requests))
  #live: Live | null = null
  #soFar: BeforeTraining | null = null
  #problem: string | null = null
  #timer: NodeJS.Timeout | null = null
  #looking: Promise<void> | null = null
  /** The version in service that could not be loaded, and until when that is not tried again. */
  #broken: { readonly version: number | undefined; readonly fault: Error; readonly until: number } | null =
    null
  #entitiesSeen = 0
  #closed = false

  constructor(workspace: Workspace, store: Store, name: string, now: () => number = Date.now) {
    this.workspace = workspace
    this.store = store
    this.name = name
    this.#now = now
  }

  /** Loads what there is, and starts looking. A model that cannot be loaded is a problem that `problem` tells, not an error. */
  async start(): Promise<void> {
    await this.look()
    const again = (): void => {
      this.#timer = setTimeout(() => void this.look().finally(again), LOOK)
      this.#timer.unref()
      if (this.#closed) clearTimeout(this.#timer)
    }
    again()
  }

  async close(): Promise<void> {
    this.#closed = true
    if (this.#timer) clearTimeout(this.#timer)
    await this.#looking
    if (this.#live) this.#end(this.#live)
    this.#live = null
    this.#replaceSoFar(null)
  }

  /** The version of the model in service that answers now; null before the first. */
  get live(): Live | null {
    return this.#live
  }
  /** What keeps the service from seeing or loading what is newest; null when nothing does. */
  get problem(): string | null {
    return this.#problem
  }

  /** Notices new events, changed attributes, erasures and the version in service. Calls at the same time share one look. */
  look(): Promise<void> {
    this.#looking ??= this.#lookAndTell()
    return this.#looking
  }

  async #lookAndTell(): Promise<void> {
    try {
      await this.#lookNow()
      this.#problem = null
    } catch (error) {
      this.#problem = error instanceof Error ? error.message : String(error)
    } finally {
      this.#looking = null
    }
  }

  /** Looks for what was stored before this call: a look that has begun may have passed it over. */
  async lookAgain(): Promise<void> {
    await this.#looking
    await this.look()
  }

  async #lookNow(): Promise<void> {
    await this.#lookAtEntities()
    const fault = await this.#lookAtVersion()
    if (this.#live) {
      await this.#lookAtIndexes(this.#live)
      await this.#catchUp(this.#live.activity)
      await this.#lookAtErasures(this.#live)
    } else await this.#lookAtPopular()
    if (fault) throw fault
  }

  async #lookAtEntities(): Promise<void> {
    const from = this.#entitiesSeen === 0 ? 0 : this.#entitiesSeen - OVERLAP
    const started = this.#now()
    for (const kind of ['user', 'item'] as const) {
      for await (const page of this.store.entities.changedSince(kind, from)) {
        for (const { id, attributes } of page) {
          if (kind === 'item') this.catalogue.set(id, attributes)
          else this.#users.set(id, attributes)
        }
        // Many that were put at once must not keep answers waiting.
        await new Promise((resolve) => setImmediate(resolve))
      }
    }
    this.#entitiesSeen = started
  }

  /**
   * Loads the version in service. Where that cannot be done, what answered before goes on, or the latest version that can be loaded begins to:
   * the fault is answered, to be told.
   */
  async #lookAtVersion(): Promise<Error | null> {
    let version: number | undefined
    try {
      version = await this.workspace.currentVersion(this.name)
      if (version === undefined || version === this.#live?.version) return null
      if (this.#broken?.version === version && this.#now() < this.#broken.until) return this.#broken.fault
      await this.#load(version)
      this.#broken = null
      return null
    } catch (error) {
      // What is stored elsewhere, and does not answer, is no fault of the version.
      if (!(error instanceof HomophilyError)) throw error
      this.#broken = { version, fault: error, until: this.#now() + AGAIN }
      if (!this.#live) await this.#loadLastGood(version)
      return error
    }
  }

  async #loadLastGood(broken: number | undefined): Promise<void> {
    const models = await this.workspace.listModels()
    const versions = models.find(({ name }) => name === this.name)?.versions ?? []
    for (const version of versions.toReversed()) {
      if (version === broken) continue
      try {
        return await this.#load(version)
      } catch (error) {
        if (!(error instanceof HomophilyError)) throw error
      }
    }
  }

  async #load(version: number): Promise<void> {
    const loaded = await this.workspace.loadModel(this.name, version)
    const model = await runBeside(restoringRecommender(loaded))
    const live = await this.#prepare(version, model, eventsIn(loaded.data), Date.parse(loaded.created))
    await this.#lookAtIndexes(live)
    const before = this.#live
    const answered = (before ?? this.#soFar?.live)?.model.interactions.items
    if (answered) await this.catalogue.follow(model.interactions.items, answered)
    this.#live = live
    if (before) this.#end(before)
    this.#replaceSoFar(null)
  }

  /** Everything that answers need beside a model. */
  async #prepare(version: number, model: FittedRecommender, upTo: number, created: number): Promise<Live> {
    const activity = new Activity(upTo)
    await this.#catchUp(activity)
    const erased = { users: new Set<string>(), items: new Set<string>() }
    const answering = await runBeside(
      Answering.from({
        model,
        activity,
        catalogue: this.catalogue,
        profiles: await runBeside(Profiles.of(model, this.#users)),
        userAttributes: (user) => this.#users.get(user),
        erased,
      }),
    )
    const forgotten = new Map<string, number>()
    const live = { version, model, upTo, activity, answering, created, erased, forgotten, indexes: null }
    await this.#lookAtErasures(live)
    return live
  }

  /** Before the first model, what is popular answers. Counted anew when something came, at most a twentieth of the time. */
  async #lookAtPopular(): Promise<void> {
    if (this.#soFar) {
      const { live, madeFrom, until } = this.#soFar
      await this.#catchUp(live.activity)
      await this.#lookAtErasures(live)
      if (performance.now() < until || this.#stateOf(live) === madeFrom) return
    }
    const began = performance.now()
    const found = await popularSoFar(this.store, this.catalogue.ids())
    if (!found) return this.#replaceSoFar(null)
    const live = await this.#prepare(UNTRAINED, found.model, found.upTo, this.#now())
    if (this.#soFar) {
      await this.catalogue.follow(found.model.interactions.items, this.#soFar.live.model.interactions.items)
    }
    const ended = performance.now()
    this.#replaceSoFar({ live, madeFrom: this.#stateOf(live), until: ended + EASE * (ended - began) })
  }

  /** What an answer of before the first model depends on, in a word. */
  #stateOf({ activity, erased, forgotten }: Live): string {
    return [activity.seq, this.catalogue.size, erased.items.size, forgotten.size].join(' ')
  }

  #replaceSoFar(next: BeforeTraining | null): void {
    const before = this.#soFar
    this.#soFar = next
    if (before) this.#end(before.live)
  }

  #end({ model }: Live): void {
    this.catalogue.release(model.interactions.items)
    model.dispose()
  }

  /** Opens the indexes of a version once there are some. With damaged ones it answers without them, and says so. */
  async #lookAtIndexes(live: Live): Promise<void> {
    const at = await this.workspace.indexedAt(this.name, live.version)
    if (at === undefined || at === live.indexes?.at) return
    try {
      const kept = await this.workspace.loadIndexes(this.name, live.version)
      live.answering.useIndexes(await runBeside(useIndexes(live.model, kept)))
      live.indexes = { at, facts: kept.map(({ facts }) => facts), problem: null }
    } catch (error) {
      live.answering.useIndexes({})
      live.indexes = { at, facts: [], problem: error instanceof Error ? error.message : String(error) }
    }
  }

  async #catchUp(activity: Activity): Promise<void> {
    for (;;) {
      const events = await this.store.events.after(activity.seq)
      activity.add(events)
      if (events.length === 0) return
      // A long way to catch up must not keep answers waiting.
      await new Promise((resolve) => setImmediate(resolve))
    }
  }

  /** Whom the model may know and must not answer for. An item that was put again is shown again. */
  async #lookAtErasures({ activity, erased, forgotten, upTo }: Live): Promise<void> {
    const list = await this.store.entities.erasedSince(upTo)
    for (const { kind, id, seq } of list) {
      if (kind !== 'user' || forgotten.get(id) === seq) continue
      forgotten.set(id, seq)
      this.#users.delete(id)
      activity.forget(id, seq)
    }
    for (const [kind, known] of [
      ['user', erased.users],
      ['item', erased.items],
    ] as const) {
      const ids = new Set(list.filter((erasure) => erasure.kind === kind).map(({ id }) => id))
      for (const id of known) if (!ids.has(id)) known.delete(id)
      for (const id of ids) {
        if (known.has(id)) continue
        known.add(id)
        if (kind === 'item') this.catalogue.delete(id)
      }
    }
  }

  /** What is stored about a user or an item; undefined where there is nothing. */
  attributesOf(kind: 'user' | 'item', id: string): ItemAttributes | undefined {
    return kind === 'item' ? this.catalogue.attributesOf(id) : this.#users.get(id)
  }

  /** Answers together with what else is asked at this moment. */
  async recommend(request: Request): Promise<{ answer: Answer; version: number }> {
    await this.answersFor(filtersOf(request))
    return this.#batcher.ask(request)
  }

  /** {@link answers}, once it is known which items meet the filters. */
  async answersFor(filters: readonly AttributeFilter[]): Promise<Live> {
    if (filters.length > 0) await this.catalogue.prepare(this.answers().model.interactions.items, filters)
    return this.answers()
  }

  #answerAll(requests: readonly Request[]): ({ answer: Answer; version: number } | null)[] {
    const { answering, version } = this.answers()
    return answering.answer(requests).map((answer) => answer && { answer, version })
  }

  /** What answers: the model in service, or what is popular before the first. @throws MISSING while there is nothing to show */
  answers(): Live {
    return this.#live ?? this.#soFar?.live ?? this.need()
  }

  /** @throws MISSING before the first model */
  need(): Live {
    if (this.#live) return this.#live
    throw fail('MISSING', {
      what: `there is no model ${this.name} to answer with yet${this.#problem === null ? '' : ` (${this.#problem})`}`,
      todo: 'Store events and train one: POST /v1/jobs with {"kind": "train"}.',
    })
  }
}

export type { Request }
