import { describe, expect, it } from 'vitest'
import { describe as line, ProgressLine } from './progress.ts'
import { bytes, duration, roughly, shellWord } from './text.ts'

const at = (done: number, more = {}) => ({ phase: 'train', done, of: 100, unit: 'epochs', ...more })

describe('a progress line', () => {
  it('tells rate, time left and loss', () => {
    expect(line(at(37, { loss: 0.12345 }), 4)).toBe('train 37/100 epochs, 4.0/s, 16 s left, loss 0.1235')
    expect(line(at(37.5), 0.25)).toBe('train 37.5/100 epochs, 4.0 s each, 4 min left')
    expect(line(at(0), NaN)).toBe('train 0/100 epochs')
    expect(line(at(100), 4)).toBe('train 100/100 epochs, 4.0/s')
  })

  const record = (mode: 'terminal' | 'plain' | 'silent') => {
    let now = 0
    let text = ''
    const progress = new ProgressLine(
      (piece) => (text += piece),
      mode,
      () => now,
    )
    return { progress, wait: (ms: number) => (now += ms), text: () => text }
  }

  it('is a plain line every few seconds where there is no terminal, and measures rates per phase', () => {
    const { progress, wait, text } = record('plain')
    progress.begin('m')
    for (let done = 0; done <= 30; done++, wait(500)) progress.show(at(done))
    expect(text()).toBe(
      'm: train 4/100 epochs, 2.0/s, 48 s left\nm: train 14/100 epochs, 2.0/s, 43 s left\nm: train 24/100 epochs, 2.0/s, 38 s left\n',
    )
  })

  it('redraws on a terminal, and clears', () => {
    const { progress, wait, text } = record('terminal')
    progress.show(at(1))
    progress.show(at(2))
    wait(1000)
    progress.show(at(3))
    progress.clear()
    expect(text()).toBe(
      '\r\u001b[Ktrain 1/100 epochs\r\u001b[Ktrain 3/100 epochs, 2.0/s, 49 s left\r\u001b[K',
    )
  })

  it('gives notes a line of their own, and says nothing when silent', () => {
    const plain = record('plain')
    plain.progress.show(at(1, { note: 'validation 0.5' }))
    expect(plain.text()).toBe('train 1/100 epochs, validation 0.5\n')
    const silent = record('silent')
    silent.progress.show(at(1, { note: 'validation 0.5' }))
    expect(silent.text()).toBe('')
  })
})

describe('words for numbers', () => {
  it('writes times, sizes and shell words', () => {
    expect([0.5, 12.34, 250, 7500].map(duration)).toEqual(['0.50 s', '12.3 s', '4 min 10 s', '2 h 5 min'])
    expect([0.01, 3.4, 47, 250, 7500, 1e6].map(roughly)).toEqual([
      'under 0.1 s',
      '3 s',
      '47 s',
      '4 min',
      '2 h',
      '12 days',
    ])
    expect([2000, 3 * 2 ** 20, 2 ** 31].map(bytes)).toEqual(['2 KiB', '3.0 MiB', '2.0 GiB'])
    expect(['u1', 'a b', "it's", '-x'].map(shellWord)).toEqual(['u1', "'a b'", `'it'\\''s'`, "'-x'"])
  })
})
