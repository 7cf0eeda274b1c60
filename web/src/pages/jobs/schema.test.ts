import { expect, test } from 'vitest'
import { z } from 'zod'
import { fieldOf, put, type Schema } from './schema.ts'

const schemaOf = (schema: z.ZodType): Schema => z.toJSONSchema(schema, { io: 'input' }) as Schema

test.each([
  ['a whole number without bounds', z.int(), { kind: 'number', whole: true }],
  ['a share', z.number().min(0).max(1), { kind: 'number', whole: false, min: 0, max: 1 }],
  ['a choice', z.enum(['a', 'b']), { kind: 'choice', choices: ['a', 'b'] }],
  ['a word', z.string().default('x'), { kind: 'text' }],
  ['yes or no', z.boolean(), { kind: 'switch' }],
  ['a number or a word', z.union([z.int().min(1), z.literal('auto')]), { kind: 'numberOr', words: ['auto'] }],
  ['anything by name', z.record(z.string(), z.unknown()), { kind: 'json' }],
  ['several numbers', z.array(z.int()), { kind: 'json' }],
  ['one of two shapes', z.union([z.string(), z.object({ a: z.int() })]), { kind: 'json' }],
])('%s', (_, schema, field) => {
  expect(fieldOf(schemaOf(schema))).toMatchObject(field)
})

test('settings within settings', () => {
  const field = fieldOf(schemaOf(z.object({ drop: z.number() })))
  expect(field.kind === 'group' && Object.keys(field.schema.properties ?? {})).toEqual(['drop'])
})

test('a value is put, and taken away', () => {
  expect(put({ a: 1 }, 'b', 0)).toEqual({ a: 1, b: 0 })
  expect(put({ a: 1, b: 2 }, 'a', undefined)).toEqual({ b: 2 })
})
