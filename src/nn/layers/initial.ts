/** How weights begin. Every initialiser draws from the generator it is given, row by row. */
import type { Random } from '../../random.ts'
import { Matrix } from '../../tensor/matrix.ts'

/** rows × cols numbers, uniform in ±bound. */
function uniform(rows: number, cols: number, bound: number, rng: Random): Matrix {
  const m = Matrix.zeros(rows, cols)
  for (let i = 0; i < m.data.length; i++) m.data[i] = (2 * rng.float() - 1) * bound
  return m
}

/** ±1/√inputs (LeCun et al. 1998): the variance of a linear layer's output is a third of its input's. */
export function fanIn(inputs: number, outputs: number, rng: Random, rows = inputs): Matrix {
  return uniform(rows, outputs, 1 / Math.sqrt(Math.max(1, inputs)), rng)
}

/** ±√(6 / (inputs + outputs)) (Glorot & Bengio 2010): keeps the variance on the way forth and back, about equally. */
export function glorot(inputs: number, outputs: number, rng: Random): Matrix {
  return uniform(inputs, outputs, Math.sqrt(6 / Math.max(1, inputs + outputs)), rng)
}
