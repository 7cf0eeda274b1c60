/** What a table of a paper is: published figures by data set and method, and how ours beside them are made. */
import type { ClusterInput } from '../../models/cluster/family/definition.ts'

export const tableMeasures = ['acc', 'nmi', 'ari', 'f1'] as const
export type TableMeasure = (typeof tableMeasures)[number]

/** In percent, as published; a measure that was not published is absent. */
export type Published = Readonly<Partial<Record<TableMeasure, number>>>

export interface TableData {
  /** What a method is given: no labels. */
  readonly input: ClusterInput
  /** Of the evaluator alone. */
  readonly truth: Int32Array
}

export interface TableSet {
  readonly name: string
  readonly title: string
  /** K, which every method is given. */
  readonly clusters: number
  readonly hasGraph: boolean
  /** How the input is made of the files; part of what makes results comparable. */
  readonly recipe: string
  /** Reads it from a folder of data. A generator of notes on progress would be lost on files this small. */
  load(folder: string): Promise<TableData>
}

export interface TableRow {
  /** A method of `clusterers`. */
  readonly method: string
  readonly title: string
  /** Settings that differ from the method's defaults, on all data sets. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Settings that differ further on one data set, with the reason. */
  readonly perSet?: Readonly<
    Record<string, { readonly config: Readonly<Record<string, unknown>>; readonly reason: string }>
  >
  /** Figures of the paper, by data set. */
  readonly published: Readonly<Record<string, Published>>
}

export interface PaperTable {
  readonly name: string
  readonly title: string
  /** Where the published figures are from. */
  readonly source: string
  readonly sets: readonly TableSet[]
  readonly rows: readonly TableRow[]
  readonly notes: readonly string[]
}
