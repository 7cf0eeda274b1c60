/** Embedding tables that are learned a batch of rows at a time. */
import { heap } from '../kernels/heap.ts'
import { kernels } from '../kernels/index.ts'
import type { Random } from '../random.ts'
import { Matrix } from '../tensor/matrix.ts'
import { RowAdam } from './row-adam.ts'

/** rows × dim, uniform in ±½/dim as word2vec begins; or zero without `rng`. */
export function newTable(rows: number, dim: number, rng: Random | null): RowAdam {
  const table = Matrix.zeros(rows, dim)
  if (rng) for (let i = 0; i < table.data.length; i++) table.data[i] = (rng.float() - 0.5) / dim
  return new RowAdam(table)
}

/** The rows of a table as a matrix of their own, in the region that is open. `rows` is on the kernel heap. */
export function localRows<R extends string, C extends string>(table: Matrix, rows: Int32Array): Matrix<R, C> {
  const out = heap.scratchF32(rows.length * table.cols)
  kernels().gatherRows(table.data, table.cols, rows, out)
  return new Matrix<R, C>(rows.length, table.cols, out)
}

/** The arrays of several tables, parameters and moments, for snapshots: `items`, `items.m`, `items.v`. */
export function tableState(tables: Readonly<Record<string, RowAdam>>): Record<string, Float32Array> {
  const entries = Object.entries(tables).flatMap(([name, t]): [string, Float32Array][] => [
    [name, t.table.data],
    [`${name}.m`, t.m],
    [`${name}.v`, t.v],
  ])
  return Object.fromEntries(entries)
}
