/** What is to be made of a column, and how people write it: `age=number(robust)`, `tags=multi(|)`, `city=hash(1024)`, `zip=skip`. */
import { fail, quote } from '../../errors.ts'

export const scales = ['standard', 'robust', 'minmax', 'log', 'none'] as const
export type Scale = (typeof scales)[number]

export type FeatureSpec =
  /** One column: the number, scaled. */
  | { readonly kind: 'number'; readonly scale: Scale }
  /** A column for each of at most `count` ranges of about equally many rows. */
  | { readonly kind: 'buckets'; readonly count: number }
  /** A point in time as one number; `cyclic`: also the time of the year, of the week and of the day as points on circles. */
  | { readonly kind: 'date'; readonly cyclic: boolean }
  /** A column for each value; values of fewer than `minCount` rows share one. */
  | { readonly kind: 'category'; readonly minCount: number | null }
  /** Cells of several values: a column for each, as with `category`. */
  | { readonly kind: 'multi'; readonly separator: string; readonly minCount: number | null }
  /** Values, or several in a cell, spread over `size` columns by a signed hash. */
  | { readonly kind: 'hash'; readonly size: number; readonly separator: string | null }
  /** The `words` most frequent words of a text, weighted by TF-IDF. */
  | { readonly kind: 'tfidf'; readonly words: number }
  /** Names the rows; no column. */
  | { readonly kind: 'id' }
  | { readonly kind: 'skip' }

export type FeatureKind = FeatureSpec['kind']

const MAX_SIZE = 1 << 20

interface Form {
  readonly usage: string
  /** Null where the text in the parentheses is none that it takes; '' without parentheses. */
  parse(text: string): FeatureSpec | null
}

const forms: Readonly<Record<FeatureKind, Form>> = {
  number: {
    usage: `number or number(${scales.join('|')})`,
    parse: (text) => {
      const scale = text === '' ? 'standard' : scales.find((each) => each === text)
      return scale === undefined ? null : { kind: 'number', scale }
    },
  },
  buckets: {
    usage: 'buckets(most of them)',
    parse: (text) => {
      const most = count(text)
      return most === null ? null : { kind: 'buckets', count: most }
    },
  },
  date: {
    usage: 'date or date(cyclic)',
    parse: (text) => (text === '' || text === 'cyclic' ? { kind: 'date', cyclic: text !== '' } : null),
  },
  category: {
    usage: 'category or category(least rows of a value)',
    parse: (text) => {
      if (text === '') return { kind: 'category', minCount: null }
      const minCount = count(text)
      return minCount === null ? null : { kind: 'category', minCount }
    },
  },
  multi: {
    usage: 'multi(separator) or multi(separator,least rows of a value)',
    parse: (text) => {
      const [, separator, least] = /^(\S{1,3}?)(?:,\s*(\d+))?$/s.exec(text) ?? []
      if (separator === undefined) return null
      const minCount = least === undefined ? null : count(least)
      return least !== undefined && minCount === null ? null : { kind: 'multi', separator, minCount }
    },
  },
  hash: {
    usage: 'hash(columns) or hash(columns,separator)',
    parse: (text) => {
      const [, size, separator] = /^(\d+)(?:,\s*(\S{1,3}))?$/s.exec(text) ?? []
      const columns = size === undefined ? null : count(size)
      return columns === null ? null : { kind: 'hash', size: columns, separator: separator ?? null }
    },
  },
  tfidf: {
    usage: 'tfidf or tfidf(most words)',
    parse: (text) => {
      const words = text === '' ? 1000 : count(text)
      return words === null ? null : { kind: 'tfidf', words }
    },
  },
  id: { usage: 'id', parse: (text) => (text === '' ? { kind: 'id' } : null) },
  skip: { usage: 'skip', parse: (text) => (text === '' ? { kind: 'skip' } : null) },
}

const featureKinds = Object.keys(forms) as FeatureKind[]

function count(text: string): number | null {
  const value = Number(text)
  return /^\d+$/.test(text) && value >= 1 && value <= MAX_SIZE ? value : null
}

/** Reads `column=kind(options)`. */
export function parseFeature(text: string): { readonly column: string; readonly spec: FeatureSpec } {
  const [, column, kind, options] = /^(.+)=([a-z]+)(?:\((.*)\))?$/s.exec(text) ?? []
  if (column === undefined || kind === undefined)
    throw fail('ARGUMENT', {
      what: '--feature',
      expected: 'column=kind, such as age=number',
      got: quote(text),
    })
  if (!Object.hasOwn(forms, kind))
    throw fail('UNKNOWN_NAME', { kind: 'kind of feature', name: kind, known: featureKinds })
  const form = forms[kind as FeatureKind]
  const spec = form.parse((options ?? '').trim())
  if (spec) return { column, spec }
  throw fail('ARGUMENT', {
    what: `--feature ${column}`,
    expected: form.usage,
    got: quote(text.slice(column.length + 1)),
  })
}

/** A spec as {@link parseFeature} reads it. */
export function specText(spec: FeatureSpec): string {
  switch (spec.kind) {
    case 'number':
      return spec.scale === 'standard' ? 'number' : `number(${spec.scale})`
    case 'buckets':
      return `buckets(${spec.count})`
    case 'date':
      return spec.cyclic ? 'date(cyclic)' : 'date'
    case 'category':
      return spec.minCount === null ? 'category' : `category(${spec.minCount})`
    case 'multi':
      return `multi(${spec.separator}${spec.minCount === null ? '' : `,${spec.minCount}`})`
    case 'hash':
      return `hash(${spec.size}${spec.separator === null ? '' : `,${spec.separator}`})`
    case 'tfidf':
      return `tfidf(${spec.words})`
    case 'id':
    case 'skip':
      return spec.kind
  }
}
