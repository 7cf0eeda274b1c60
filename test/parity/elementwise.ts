/** Parity of elementwise kernels, sums, random numbers and optimisers. */
import { heap } from '../../src/kernels/heap.ts'
import type { BinaryOp, UnaryOp } from '../../src/kernels/types.ts'
import { CaseList } from './case-list.ts'
import type { Body } from './case-list.ts'
import type { Inputs } from './inputs.ts'

const list = new CaseList()
export const elementwise = list

// Elementwise

const lengths = [0, 1, 3, 17, 65, 130, 20000]
const unaries: UnaryOp[] = [
  'relu',
  'leakyRelu',
  'elu',
  'sigmoid',
  'tanh',
  'softplus',
  'exp',
  'log',
  'sqrt',
  'square',
  'reciprocal',
]
const onlyPositive = new Set<UnaryOp>(['sqrt'])
const special = [
  0,
  1e-6,
  -1e-6,
  0.34,
  -0.35,
  1,
  -1,
  5,
  30,
  -30,
  87,
  -87,
  120,
  -120,
  3e5,
  -3e5,
  Infinity,
  -Infinity,
  NaN,
]

for (const op of unaries) {
  const positive = onlyPositive.has(op)
  const grid = (make: Inputs): Float32Array =>
    make.fill(4001, (i) => (i - 2000) / 23).map((x) => (positive ? Math.abs(x) : x))
  const onGrid: Body = (kernels, make) => {
    const out = heap.f32(4001)
    kernels.unary(op, heap.place(grid(make)), out, 0.2)
    return [out]
  }
  list.add(`${op} on a grid`, onGrid, 2e-6, 1e-37)
  const onSpecial: Body = (kernels, make) => {
    const x = make.fill(special.length, (i) => (positive ? Math.abs(special[i]) : special[i]))
    const out = heap.f32(special.length)
    kernels.unary(op, x, out, 0.2)
    return [out]
  }
  list.add(`${op} of special numbers`, onSpecial, 2e-6, 1e-37)
  for (const length of lengths) {
    const body: Body = (kernels, make) => {
      const x = positive || op === 'log' || op === 'reciprocal' ? make.positive(length) : make.floats(length)
      const gy = make.floats(length)
      const gx = make.floats(length)
      const y = heap.f32(length)
      kernels.unary(op, x, y, 0.2)
      kernels.unaryGrad(op, x, y, gy, gx, 0.2)
      return [y, gx]
    }
    list.add(`${op} and its gradient, length ${length}`, body)
  }
}
list.add('gradient at zero: sqrt 0, log below its clamp 0', (kernels, make) => {
  const zero = heap.f32(5)
  const one = make.filled(5, 1)
  const gx = [make.filled(5, 2), make.filled(5, 2), make.filled(5, 2)]
  kernels.unaryGrad('sqrt', zero, zero, one, gx[0], 0)
  kernels.unaryGrad('log', zero, zero, one, gx[1], 0)
  kernels.unaryGrad('relu', zero, zero, one, gx[2], 0)
  return gx
})

for (const length of lengths) {
  for (const op of ['add', 'sub', 'mul', 'div'] satisfies BinaryOp[]) {
    list.add(`${op}, length ${length}`, (kernels, make) => {
      const x = make.floats(length)
      const y = make.positive(length)
      const out = heap.f32(length)
      kernels.binary(op, x, y, out)
      kernels.binary(op, x, y, x)
      return [out, x]
    })
  }
  list.add(`fill, length ${length}`, (kernels, make) => {
    const x = make.floats(length)
    kernels.fill(-1.25, x)
    return [x]
  })
  list.add(`axpy and affine, length ${length}`, (kernels, make) => {
    const x = make.floats(length)
    const y = make.floats(length)
    kernels.axpy(-0.3, x, y)
    kernels.affine(1.5, -2, x, x)
    return [x, y]
  })
  list.add(
    `sum, length ${length}`,
    (kernels, make) => [Float32Array.of(kernels.sum(make.floats(length)))],
    1e-6,
    1e-4,
  )
  list.exact(`uniform, length ${length}`, (kernels) => {
    const out = [heap.f32(length), heap.f32(length)]
    kernels.uniform(0, out[0])
    kernels.uniform(-123456789, out[1])
    return out
  })
  list.add(`adam and sgd, length ${length}`, optimisers(length))
}

function optimisers(length: number): Body {
  return (kernels, make) => {
    const [p, g, m, q, velocity] = [0, 1, 2, 3, 4].map(() => make.floats(length)) as [
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
      Float32Array,
    ]
    const v = make.positive(length)
    const common = { rate: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    kernels.adam(p, g, m, v, { ...common, l2: 0.1, decay: 0, step: 1 })
    kernels.adam(p, g, m, v, { ...common, l2: 0, decay: 0.1, step: 700 })
    kernels.sgd(q, g, velocity, 0.1, 0.9, 0.01)
    return [p, m, v, q, velocity]
  }
}
for (const op of unaries) {
  list.big(op, (kernels, make) => {
    const x = make.positive(100_003)
    const out = heap.f32(x.length)
    kernels.unary(op, x, out, 0.2)
    kernels.unaryGrad(op, x, out, x, x, 0.2)
    return [out, x]
  })
}
list.big('adam and sgd', optimisers(100_003))
list.big('sum', (kernels, make) => {
  const x = make.floats(1_000_003)
  return [Float32Array.of(kernels.sum(x), kernels.sum(x.subarray(1)))]
})
list.big('uniform', (kernels) => {
  const out = heap.f32(300_001)
  kernels.uniform(5, out)
  return [out]
})
