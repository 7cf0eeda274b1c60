/**
 * Answers from one version of a model and what happened since: many requests at once, each by the best rung there is for it.
 */
import type { Vocabulary } from '../data/vocabulary.ts'
import { fail } from '../errors.ts'
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import { inBlocks } from '../models/answers.ts'
import type { Ranked } from '../models/answers.ts'
import type { FittedRecommender } from '../models/recommend/family/fitted.ts'
import { maximalMarginalRelevance } from '../nn/mmr.ts'
import type { Steps } from '../steps.ts'
import type { Activity } from './activity.ts'
import { type Because, because } from './explain.ts'
import { applyBoosts, bestBoosted, type Boost, boosted, type Raise } from './boosts.ts'
import type { Allowed, Catalogue } from './catalogue.ts'
import type { AttributeFilter, ItemAttributes } from './filter.ts'
import type { NeighbourSpaces } from './neighbours/indexes.ts'
import type { Neighbours, NeighbourSpace } from './neighbours/space.ts'
import { Popularity } from './popularity.ts'
import type { Profiles } from './profiles.ts'

/**
 * By what somebody was answered: what training learned about them; that, or nothing, moved by what they did since; what users with the
 * same attributes are shown; what is popular.
 */
export type Rung = 'trained' | 'folded-in' | 'profile' | 'popular'

export interface Request {
  /** Whom it is for. */
  readonly user?: string | undefined
  /** What they did of late, oldest first: for somebody without an id, or beside what is known of the user. */
  readonly recent?: readonly string[] | undefined
  readonly n: number
  readonly includeSeen?: boolean | undefined
  readonly exclude?: readonly string[] | undefined
  readonly filter?: AttributeFilter | undefined
  readonly boosts?: readonly Boost[] | undefined
  /** 0: by score alone; towards 1: the more unlike each other. */
  readonly diversity?: number | undefined
  /** Only these are ranked. */
  readonly candidates?: readonly string[] | undefined
  readonly explain?: boolean | undefined
}

export interface Recommended {
  readonly id: string
  readonly score: number
  readonly because?: Because | undefined
}

export interface Answer {
  readonly rung: Rung
  readonly items: readonly Recommended[]
}

/** What keeps an item from being shown: a word for programs, a sentence for people, and its place where it has one. */
export interface WhyNot {
  readonly code: 'unknown' | 'deleted' | 'excluded' | 'filter' | 'seen' | 'rank' | 'shown'
  readonly reason: string
  readonly rank?: number
}

export interface Sources {
  readonly model: FittedRecommender
  readonly activity: Activity
  readonly catalogue: Catalogue
  readonly profiles: Profiles
  /** Attributes of a user, where there are any. */
  readonly userAttributes: (user: string) => ItemAttributes | undefined
  /** Users and items that this model must not answer for. */
  readonly erased: { readonly users: ReadonlySet<string>; readonly items: ReadonlySet<string> }
}

/** The filters of a request, its boosts' included. */
export function filtersOf({ filter, boosts = [] }: Request): AttributeFilter[] {
  return [...(filter ? [filter] : []), ...boosts.map((boost) => boost.filter)]
}

/** A request with what is known about its subject. */
interface Subject {
  readonly request: Request
  readonly rung: Rung
  /** Row in the model, −1 for somebody it does not know. */
  readonly row: number
  /** Item rows since training, oldest first. */
  readonly added: readonly number[]
  readonly profile: Float32Array | null
}

/** Scores that are taken in one go, and milliseconds of looking up: with more, others would wait too long. */
const SCORES = 2 ** 22
const LOOKING = 8

/** Candidates that are weighed for diversity, for each item asked for. */
const WIDER = 5

export class Answering {
  readonly #sources: Sources
  readonly #items: Vocabulary
  readonly #popularity: Popularity
  #spaces: NeighbourSpaces = {}

  private constructor(sources: Sources, popularity: Popularity) {
    this.#sources = sources
    this.#items = sources.model.interactions.items
    this.#popularity = popularity
  }

  /** Does beforehand, in steps, what otherwise the first requests of their kind would wait for. */
  static *from(sources: Sources): Steps<Answering> {
    const { scorer, interactions } = sources.model
    sources.catalogue.admit(interactions.items)
    const popularity = yield* Popularity.of(interactions.matrix)
    if (scorer.dots) yield* scorer.dots.prepare()
    return new Answering(sources, popularity)
  }

  /** From now on what these indexes can tell is looked up in them; without, everything is scored. */
  useIndexes(spaces: NeighbourSpaces): void {
    this.#spaces = spaces
  }

  /**
   * Answers requests, each in its place; null for those that would take too long now, and are to be asked again. One at least is answered.
   */
  answer(requests: readonly Request[]): (Answer | null)[] {
    const subjects = requests.map((request) => this.#subject(request))
    const answers = subjects.map((subject) => (isListed(subject) ? this.#listed(subject) : null))
    const postponed = this.#lookUp(subjects, answers)
    const width = Math.max(1, this.#items.size)
    let left = SCORES
    for (const [rung, places] of byRung(
      subjects,
      (place) => answers[place] === null && !postponed.has(place),
    )) {
      const taken = places.slice(0, Math.max(left === SCORES ? 1 : 0, Math.floor(left / width)))
      left -= taken.length * width
      const results = inBlocks(taken.length, width, (start, length, scores) => {
        const subjects = taken.slice(start, start + length).map(({ subject }) => subject)
        this.#score(rung, subjects, scores)
        return this.#rank(subjects, scores)
      })
      results.forEach((answer, at) => (answers[taken[at].place] = answer))
    }
    return answers
  }

  /** Where an item stands for a user among all that could be shown, and what keeps it from being shown. */
  whyNot(request: Request, item: string): WhyNot {
    const row = this.#items.row(item)
    if (row < 0)
      return { code: 'unknown', reason: 'no event of this item was known when the model was trained' }
    if (this.#sources.erased.items.has(item)) return { code: 'deleted', reason: 'the item was deleted' }
    const subject = this.#subject(request)
    if (request.exclude?.includes(item)) return { code: 'excluded', reason: 'the request excludes it' }
    if (request.filter && this.#sources.catalogue.allowed(this.#items, request.filter).mask[row] === 0) {
      return { code: 'filter', reason: 'its attributes do not meet the filter' }
    }
    if (!request.includeSeen && this.#history(subject).includes(row)) {
      return { code: 'seen', reason: 'the user has interacted with it' }
    }
    return heap.scope(() => {
      const scores = heap.scratchF32(this.#items.size)
      this.#score(subject.rung, [subject], scores)
      this.#restrict(subject, scores)
      const rank = 1 + scores.reduce((better, score) => better + (score > scores[row] ? 1 : 0), 0)
      return rank <= request.n
        ? { code: 'shown', reason: `it is shown, at place ${rank}`, rank }
        : { code: 'rank', reason: `${rank - 1} items score higher`, rank }
    })
  }

  /** The users or items most like one, best first, without those that were erased. */
  similar(kind: 'user' | 'item', id: string, n: number, filter?: AttributeFilter): readonly Ranked[] {
    const { model, erased, catalogue } = this.#sources
    const gone = kind === 'user' ? erased.users : erased.items
    const known = kind === 'user' ? model.interactions.users : model.interactions.items
    if (gone.has(id)) throw fail('UNKNOWN_NAME', { kind, name: id, known: [] })
    const allowed = filter ? catalogue.allowed(known, filter) : null
    const found = this.#mostAlike(kind, known.rowOrThrow(id, kind), n, { gone, known, allowed })
    if (found) return Array.from(found.rows, (row, at) => ({ id: known.id(row), score: found.scores[at] }))
    const options = {
      n,
      exclude: gone,
      ...(allowed ? { filter: (other: string) => allowed.mask[known.row(other)] === 1 } : {}),
    }
    return kind === 'user' ? model.similarUsers(id, options) : model.similarItems(id, options)
  }

  #mostAlike(
    kind: 'user' | 'item',
    row: number,
    n: number,
    { gone, known, allowed }: { gone: ReadonlySet<string>; known: Vocabulary; allowed: Allowed | null },
  ): Neighbours | null {
    const { dots, itemVectors } = this.#sources.model.scorer
    const space = this.#spaces[kind === 'user' ? 'similar-users' : 'similar-items']
    if (!space || !dots || !itemVectors) return null
    const { dim } = itemVectors
    const vectors = kind === 'user' ? dots.userVectors : itemVectors.data
    const banned = new Set([row, ...rowsOf(gone, known)])
    return space.best(vectors.subarray(row * dim, (row + 1) * dim), n, { banned, allowed })
  }

  /** What is popular, where nothing else counts. */
  #listed(subject: Subject): Answer {
    const { request } = subject
    const [n, banned] = [candidatesOf(request), this.#banned(subject)]
    const allowed = this.#allowed(request)
    const { rows, scores } = request.candidates
      ? this.#popularity.bestAmong(this.#candidates(request.candidates, allowed), n, banned)
      : this.#popularity.best(n, { banned, allowed })
    return this.#present(subject, rows, scores)
  }

  /** Answers, in their places, what the index of items can tell. Returns the places that it did not come to. */
  #lookUp(subjects: readonly Subject[], answers: (Answer | null)[]): ReadonlySet<number> {
    const { dots, itemVectors } = this.#sources.model.scorer
    const space = this.#spaces.items
    const postponed = new Set<number>()
    if (!space || !dots || !itemVectors) return postponed
    const { dim } = itemVectors
    const places = [...subjects.keys()].filter((place) => isLookedUp(subjects[place]))
    const started = performance.now()
    heap.scope(() => {
      const query = heap.scratchF32(dim)
      places.forEach((place, b) => {
        if (b > 0 && performance.now() - started > LOOKING) return postponed.add(place)
        const subject = subjects[place]
        const { rung, row, added } = subject
        if (rung === 'trained') query.set(dots.userVectors.subarray(row * dim, (row + 1) * dim))
        else {
          const one = { indptr: Uint32Array.of(0, added.length), indices: Int32Array.from(added) }
          dots.foldedVectors(Int32Array.of(row), one, query)
        }
        const found = this.#bestIn(space, query, subject)
        if (found) answers[place] = this.#present(subject, found.rows, found.scores)
      })
    })
    return postponed
  }

  #bestIn(space: NeighbourSpace, query: Float32Array, subject: Subject): Neighbours | null {
    const { request } = subject
    const { boosts = [], candidates, filter } = request
    const [n, banned] = [candidatesOf(request), this.#banned(subject)]
    if (candidates) {
      const among = this.#candidates(candidates, this.#allowed(request))
      if (boosts.length === 0) return space.bestAmong(query, among, n, banned)
      const all = space.bestAmong(query, among, among.length, banned)
      return boosted(all, n, space.unitFor(query), this.#raise(boosts))
    }
    if (boosts.length > 0) return bestBoosted(space, query, n, banned, filter, this.#raise(boosts))
    return space.best(query, n, { banned, allowed: this.#allowed(request) })
  }

  #raise(boosts: readonly Boost[]): Raise {
    return { boosts, items: this.#items, catalogue: this.#sources.catalogue }
  }

  #allowed({ filter }: Request): Allowed | null {
    return filter ? this.#sources.catalogue.allowed(this.#items, filter) : null
  }

  /** Rows of the candidates that are known and allowed. */
  #candidates(candidates: readonly string[], allowed: Allowed | null): Int32Array {
    return rowsOf(new Set(candidates), this.#items).filter((row) => (allowed?.mask[row] ?? 1) === 1)
  }

  /** Rows that must not be shown. */
  #banned(subject: Subject): Set<number> {
    const { exclude = [], includeSeen } = subject.request
    const { erased } = this.#sources
    const banned = new Set([...rowsOf(erased.items, this.#items), ...rowsOf(exclude, this.#items)])
    if (!includeSeen) for (const row of this.#history(subject)) banned.add(row)
    return banned
  }

  #subject(request: Request): Subject {
    const { model, activity, erased, profiles, userAttributes } = this.#sources
    const { user, recent = [] } = request
    const row = user === undefined || erased.users.has(user) ? -1 : model.interactions.users.row(user)
    const known = row >= 0 && model.interactions.matrix.degree(row) > 0
    const since = user === undefined ? recent : [...activity.itemsOf(user), ...recent]
    const added = since.map((item) => this.#items.row(item)).filter((item) => item >= 0)
    const base = { request, row: known ? row : -1, added, profile: null }
    if (model.scorer.impersonal) return { ...base, rung: 'popular' }
    if (added.length > 0) return { ...base, rung: 'folded-in' }
    if (known) return { ...base, rung: 'trained' }
    const attributes = user === undefined ? undefined : userAttributes(user)
    const profile = attributes ? profiles.scoresFor(attributes) : null
    return { ...base, profile, rung: profile ? 'profile' : 'popular' }
  }

  /** Scores of all items for subjects on the same rung → scores, subjects × items. */
  #score(rung: Rung, subjects: readonly Subject[], scores: Float32Array): void {
    const { scorer } = this.#sources.model
    const width = this.#items.size
    if (rung === 'popular' || rung === 'profile') {
      subjects.forEach(({ profile }, b) => scores.set(profile ?? this.#popularity.scores, b * width))
      return
    }
    heap.scope(() => {
      const rows = heap.place(Int32Array.from(subjects, (subject) => subject.row))
      if (rung === 'trained') return scorer.scores(rows, scores)
      const indptr = new Uint32Array(subjects.length + 1)
      subjects.forEach(({ added }, b) => (indptr[b + 1] = indptr[b] + added.length))
      const indices = Int32Array.from(subjects.flatMap(({ added }) => added))
      scorer.foldedScores(rows, { indptr, indices }, scores)
    })
  }

  #rank(subjects: readonly Subject[], scores: Float32Array): Answer[] {
    const width = this.#items.size
    subjects.forEach((subject, b) => this.#restrict(subject, scores.subarray(b * width, (b + 1) * width)))
    const most = Math.max(...subjects.map(({ request }) => candidatesOf(request)))
    const k = Math.max(1, Math.min(width, most))
    const index = heap.i32(subjects.length * k)
    const best = heap.scratchF32(subjects.length * k)
    kernels().topK(scores, subjects.length, width, k, null, null, null, index, best)
    return subjects.map((subject, b) => {
      const rows = index.subarray(b * k, (b + 1) * k)
      const found = rows.indexOf(-1)
      const count = Math.min(candidatesOf(subject.request), found < 0 ? k : found)
      return this.#present(subject, rows.subarray(0, count), best.subarray(b * k, b * k + count))
    })
  }

  /** Applies boosts, and takes out what must not be shown. */
  #restrict(subject: Subject, scores: Float32Array): void {
    const { candidates, boosts = [], filter } = subject.request
    const { catalogue } = this.#sources
    applyBoosts(scores, this.#raise(boosts))
    for (const row of this.#banned(subject)) scores[row] = -Infinity
    if (candidates) {
      const wanted = new Set(candidates.map((id) => this.#items.row(id)))
      for (let i = 0; i < scores.length; i++) if (!wanted.has(i)) scores[i] = -Infinity
    }
    if (filter) {
      const { mask } = catalogue.allowed(this.#items, filter)
      for (let i = 0; i < scores.length; i++) if (mask[i] === 0) scores[i] = -Infinity
    }
  }

  /** All that the subject interacted with, oldest first as far as is known. */
  #history({ row, added }: Subject): number[] {
    return [...(row < 0 ? [] : this.#sources.model.interactions.matrix.row(row)), ...added]
  }

  #present(subject: Subject, rows: Int32Array, scores: Float32Array): Answer {
    const { request, rung } = subject
    const { n, diversity = 0, explain } = request
    const order = diversity > 0 ? this.#diversified(rows, scores, n, diversity) : [...rows.keys()].slice(0, n)
    const history = explain ? this.#history(subject) : []
    const items = order.map((at) => {
      const item = { id: this.#items.id(rows[at]), score: scores[at] }
      const reason = explain ? because(this.#sources.model.interactions, rows[at], history) : null
      return reason ? { ...item, because: reason } : item
    })
    return { rung, items }
  }

  /** MMR over the candidates; relevance is the score between the best (1) and the worst (0) of them. */
  #diversified(rows: Int32Array, scores: Float32Array, n: number, diversity: number): number[] {
    const [most, least] = [scores[0], scores.at(-1)!]
    const relevance = scores.map((score) => (most > least ? (score - least) / (most - least) : 1))
    return maximalMarginalRelevance(relevance, this.#similarity(rows), n, 1 - diversity)
  }

  /** Cosine of two of the rows: of their vectors, or of who interacted with them where the model has none. */
  #similarity(rows: Int32Array): (a: number, b: number) => number {
    const { model } = this.#sources
    const vectors = model.scorer.itemVectors
    if (!vectors) {
      const users = model.interactions.matrix.transposed
      return (a, b) => {
        const first = new Set(users.row(rows[a]))
        let shared = 0
        for (const user of users.row(rows[b])) if (first.has(user)) shared++
        return shared / Math.sqrt(Math.max(1, first.size * users.degree(rows[b])))
      }
    }
    const { data, dim } = vectors
    const dot = (a: number, b: number): number => {
      let sum = 0
      for (let c = 0; c < dim; c++) sum += data[rows[a] * dim + c] * data[rows[b] * dim + c]
      return sum
    }
    const norms = Float64Array.from(rows, (_, at) => Math.sqrt(dot(at, at)) || 1)
    return (a, b) => dot(a, b) / (norms[a] * norms[b])
  }
}

function candidatesOf({ n, diversity = 0 }: Request): number {
  return diversity > 0 ? WIDER * n : n
}

/** Whether an index can answer: the lower rungs have no vector. */
function isLookedUp({ rung }: Subject): boolean {
  return rung === 'trained' || rung === 'folded-in'
}

/** Whether the answer is read off the list of what is popular. */
function isListed({ rung, request }: Subject): boolean {
  return rung === 'popular' && (request.boosts ?? []).length === 0
}

/** Rows of the ids that are known. */
function rowsOf(ids: Iterable<string>, known: Vocabulary): Int32Array {
  return Int32Array.from(Array.from(ids, (id) => known.row(id)).filter((row) => row >= 0))
}

function byRung(
  subjects: readonly Subject[],
  isOpen: (place: number) => boolean,
): Map<Rung, { place: number; subject: Subject }[]> {
  const groups = new Map<Rung, { place: number; subject: Subject }[]>()
  subjects.forEach((subject, place) => {
    if (!isOpen(place)) return
    const group = groups.get(subject.rung)
    if (group) group.push({ place, subject })
    else groups.set(subject.rung, [{ place, subject }])
  })
  return groups
}
