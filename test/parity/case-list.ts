/** A list of parity cases: small ones to compare with plain loops, and big ones that threads share. */
import type { Kernels } from '../../src/kernels/types.ts'
import type { Inputs } from './inputs.ts'

/** Runs a kernel on inputs from `make` and returns what it wrote. */
export type Body = (k: Kernels, make: Inputs) => (Float32Array | Int32Array)[]

export interface Case {
  readonly name: string
  readonly body: Body
  /** Greatest error as a share of the expected number … */
  readonly relative: number
  /** … or in itself; a number may be within either. */
  readonly absolute: number
}

export class CaseList {
  readonly small: Case[] = []
  readonly large: Case[] = []

  add(name: string, body: Body, relative = 1e-5, absolute = 1e-5): void {
    this.small.push({ name, body, relative, absolute })
  }
  exact(name: string, body: Body): void {
    this.add(name, body, 0, 0)
  }
  big(name: string, body: Body): void {
    this.large.push({ name, body, relative: 0, absolute: 0 })
  }
}

export const betas = [0, 1, 0.5]

/** Old contents of an output: NaN where beta is 0, for they must not matter. */
export function old(make: Inputs, length: number, beta: number): Float32Array {
  return beta === 0 ? make.filled(length, NaN) : make.floats(length)
}
