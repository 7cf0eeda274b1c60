/** What every method of every family has: a name, a schema of its settings, presets. */
import { z } from 'zod'
import { fail, quote } from '../errors.ts'

export interface Method<C = unknown> {
  readonly name: string
  readonly title: string
  /** One sentence for lists and help. */
  readonly summary: string
  readonly paper?: string
  readonly config: z.ZodType<C>
  /** Named settings that differ from the defaults. */
  readonly presets: Readonly<
    Record<string, { readonly summary: string; readonly config: Readonly<Record<string, unknown>> }>
  >
}

/** What a job will take. */
export interface Estimate {
  /** Bytes needed at the peak, beside the input itself. */
  readonly bytes: number
  /** Multiply-adds of the whole training, roughly: what the time is made of. */
  readonly operations: number
}

/** What a method's author writes of `D`: the presets may be left out, and the settings take their type from the schema `S`. */
export type Written<D extends Method, S extends z.ZodType> = Omit<D, 'config' | 'presets'> & {
  readonly config: S
  readonly presets?: Method['presets']
}

/** The full settings of a method from a preset and some values; every problem is named, with the valid names. */
export function resolveConfig<C>(
  definition: Method<C>,
  values: Readonly<Record<string, unknown>>,
  preset?: string,
): C {
  let base: Readonly<Record<string, unknown>> = {}
  if (preset !== undefined) {
    const found = Object.hasOwn(definition.presets, preset) ? definition.presets[preset] : undefined
    if (!found)
      throw fail('UNKNOWN_NAME', {
        kind: `preset of ${definition.name}`,
        name: preset,
        known: Object.keys(definition.presets),
      })
    base = found.config
  }
  const parsed = definition.config.safeParse({ ...base, ...values })
  if (parsed.success) return parsed.data
  const known = settingNames(definition)
  const details = parsed.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `unknown setting ${issue.keys.map(quote).join(', ')}; it has ${known.join(', ') || 'none'}`
      : `${issue.path.join('.')}: ${issue.message}`,
  )
  throw fail('CONFIG', { what: `settings of ${definition.name}`, details: details.join('; ') })
}

/** Names of the settings of a method. */
export function settingNames(definition: Method): string[] {
  return definition.config instanceof z.ZodObject ? Object.keys(definition.config.shape) : []
}
