/** JSON Schemas as they come from the service, as far as forms go by them. */
export interface Schema {
  readonly type?: string
  readonly description?: string
  readonly default?: unknown
  readonly const?: string | number
  readonly enum?: readonly unknown[]
  readonly minimum?: number
  readonly maximum?: number
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly anyOf?: readonly Schema[]
}

export type Values = Readonly<Record<string, unknown>>

export type Field =
  | { readonly kind: 'number'; readonly whole: boolean; readonly min?: number; readonly max?: number }
  | { readonly kind: 'switch' }
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  | { readonly kind: 'text' }
  /** A number, or one of some words. */
  | { readonly kind: 'numberOr'; readonly words: readonly string[] }
  | { readonly kind: 'group'; readonly schema: Schema }
  /** Whatever else: to be written as JSON. */
  | { readonly kind: 'json' }

export function fieldOf(schema: Schema): Field {
  if (schema.enum) return { kind: 'choice', choices: schema.enum.map(String) }
  if (schema.anyOf) {
    const words = schema.anyOf.flatMap((one) => (one.const === undefined ? [] : [String(one.const)]))
    const others = schema.anyOf.filter((one) => one.const === undefined)
    const numbers = others.every(({ type }) => type === 'number' || type === 'integer')
    return numbers && words.length > 0 ? { kind: 'numberOr', words } : { kind: 'json' }
  }
  switch (schema.type) {
    case 'integer':
    case 'number': {
      const { minimum, maximum } = schema
      // Whole numbers have the bounds of doubles where they have none of their own.
      const own = (bound: number | undefined): bound is number =>
        bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER
      return {
        kind: 'number',
        whole: schema.type === 'integer',
        ...(own(minimum) ? { min: minimum } : {}),
        ...(own(maximum) ? { max: maximum } : {}),
      }
    }
    case 'boolean':
      return { kind: 'switch' }
    case 'string':
      return { kind: 'text' }
    case 'object':
      return schema.properties ? { kind: 'group', schema } : { kind: 'json' }
    default:
      return { kind: 'json' }
  }
}

/** `values` with one changed; undefined takes it away. */
export function put(values: Values, name: string, value: unknown): Values {
  const { [name]: _, ...others } = values
  return value === undefined ? others : { ...others, [name]: value }
}
