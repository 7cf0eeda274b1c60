/** The attributes in the store as a table with a row for each user or item. */
import type { TraitOptions } from '../audience/traits.ts'
import { addRecord, type Cell, type Table, TableBuilder } from '../data/table.ts'
import { Vocabulary } from '../data/vocabulary.ts'
import { fail } from '../errors.ts'
import type { EntityKind } from '../workspace/store/tables.ts'
import type { JobContext } from './context.ts'

export interface AttributeTable {
  /** Row r of the table is that of id r. */
  readonly ids: Vocabulary
  /** The columns are the attributes, in order of first appearance. */
  readonly table: Table
  /** What its columns are, where somebody said. */
  readonly options?: TraitOptions
}

const PAGE = 5000

/** Everybody of this kind who is in the store, in the order of their ids. */
export async function attributeTable(
  { store, signal }: Pick<JobContext, 'store' | 'signal'>,
  kind: EntityKind,
): Promise<AttributeTable> {
  const builder = new TableBuilder()
  builder.file(`attributes of ${kind}s`)
  const ids: string[] = []
  for (let after: string | null = null; ;) {
    const page = await store.entities.page(kind, after, PAGE)
    if (signal.aborted) throw fail('CANCELLED', { what: 'the job' })
    for (const { id, attributes } of page) {
      addRecord(builder, attributes as Readonly<Record<string, Cell>>, ids.length + 1)
      ids.push(id)
    }
    if (page.length < PAGE) break
    after = page.at(-1)!.id
  }
  return { ids: Vocabulary.from(ids), table: builder.finish() }
}
