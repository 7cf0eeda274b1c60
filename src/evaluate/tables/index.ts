/** The tables that can be reproduced. A new one is one file and one line here. */
import { fail } from '../../errors.ts'
import type { PaperTable } from './definition.ts'
import { sdcnTable } from './sdcn.ts'

export const paperTables: readonly PaperTable[] = [sdcnTable]

/** The table of this name; an unknown one is an error that lists the nearest. */
export function findPaperTable(name: string): PaperTable {
  const found = paperTables.find((table) => table.name === name)
  if (!found)
    throw fail('UNKNOWN_NAME', { kind: 'table', name, known: paperTables.map((table) => table.name) })
  return found
}
