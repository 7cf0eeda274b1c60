import { describe, expect, it } from 'vitest'
import { idsOf, idsOfFile } from './seeds.ts'

describe('idsOf', () => {
  it('reads an id a line, whatever is in it, and each once', () => {
    expect(idsOf('a,1\r\n  b c \n\na,1\n用户/7\n')).toEqual(['a,1', 'b c', '用户/7'])
    expect(idsOf(' \n ')).toEqual([])
  })
})

describe('idsOfFile', () => {
  it('takes the first column of CSV, without its head and quotes', () => {
    expect(idsOfFile('seeds.CSV', '\uFEFFuser,score\nu1,0.5\n"u,2",1\n"say ""hi""",2\n')).toEqual([
      'u1',
      'u,2',
      'say "hi"',
    ])
  })

  it('takes the first column of TSV, and whole lines of text', () => {
    expect(idsOfFile('seeds.tsv', 'u1,x\t3\nu2\t4')).toEqual(['u1,x', 'u2'])
    expect(idsOfFile('seeds.txt', 'u1,x\nu2')).toEqual(['u1,x', 'u2'])
  })

  it('keeps a first line that is an id', () => {
    expect(idsOfFile('seeds.csv', 'u1\nu2')).toEqual(['u1', 'u2'])
    expect(idsOfFile('empty.csv', '')).toEqual([])
  })
})
