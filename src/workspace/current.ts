/** `current`: the small file that says which version of a model is in service. */
import { join } from 'node:path'
import * as z from 'zod'
import { replaceText } from './atomic.ts'
import { readJson } from './json.ts'
import { fail, HomophilyError } from '../errors.ts'

const schema = z.looseObject({
  version: z.int().positive(),
  /** Highest number ever given to a version, so that numbers of deleted versions are not used again. */
  highest: z.int().positive(),
})
export type Current = z.infer<typeof schema>

const todo = 'Roll back to a version by its number, which writes this file anew.'

/** Undefined when no version is in service. */
export async function readCurrent(model: string): Promise<Current | undefined> {
  const path = join(model, 'current')
  const value = await readJson(path, todo)
  if (value === undefined) return undefined
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw fail('ARTEFACT', {
    path,
    expected: 'version and highest as numbers',
    got: JSON.stringify(value).slice(0, 80),
    todo,
  })
}

export async function writeCurrent(model: string, current: Current): Promise<void> {
  await replaceText(join(model, 'current'), JSON.stringify(current) + '\n')
}

/** For what puts a version into service anyway: a `current` that is damaged counts as none. */
export async function readCurrentIfSound(model: string): Promise<Current | undefined> {
  try {
    return await readCurrent(model)
  } catch (error) {
    if (error instanceof HomophilyError) return undefined
    throw error
  }
}
