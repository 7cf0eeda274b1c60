import { expect, test } from 'vitest'
import { Random } from '../../random.ts'
import { Matrix } from '../../tensor/matrix.ts'
import { stack } from '../layers/dense.ts'
import { createAutoencoder, turnCode } from './autoencoder.ts'

test('a turned code decodes to what it decoded to', () => {
  const network = createAutoencoder([5, 8, 2], new Random(3))
  const source = new Random(4)
  const x = Matrix.from(Array.from({ length: 12 }, () => Array.from({ length: 5 }, () => source.normal())))
  const before = { z: stack(network.encoder, x), xHat: stack(network.decoder, stack(network.encoder, x)) }
  turnCode(network, Float32Array.from([2, 1, 0, 4]), Float32Array.from([0.5, -0.125, 0, 0.25]))
  const z = stack(network.encoder, x)
  for (let i = 0; i < 12; i++) {
    const [a, b] = before.z.row(i)
    expect(z.row(i)[0]).toBeCloseTo(2 * a, 5)
    expect(z.row(i)[1]).toBeCloseTo(a + 4 * b, 5)
  }
  const xHat = stack(network.decoder, z)
  xHat.data.forEach((value, at) => expect(value).toBeCloseTo(before.xHat.data[at], 5))
})
