/** The settings of a method as flags: made from its schema, so that a new method needs nothing here. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { z } from 'zod'
import { fail, quote } from '../errors.ts'
import type { Method } from '../models/method.ts'
import { decimalNumber } from './flags.ts'

interface Setting {
  readonly name: string
  readonly description: string
  readonly default: unknown
  readonly choices: readonly string[] | null
  readonly type: 'number' | 'text' | 'switch' | 'numbers'
}

export function settingsOf(definition: Method): Setting[] {
  const schema = z.toJSONSchema(definition.config, { io: 'input' })
  return Object.entries(schema.properties ?? {}).map(([name, property]) => {
    if (typeof property === 'boolean') throw new Error(`${definition.name}.${name} has no type`)
    return {
      name,
      description: property.description ?? '',
      default: property.default,
      choices: property.enum ? property.enum.map(String) : null,
      type: typeOf(property.type),
    }
  })
}

function typeOf(type: unknown): Setting['type'] {
  switch (type) {
    case 'number':
    case 'integer':
      return 'number'
    case 'array':
      return 'numbers'
    case 'boolean':
      return 'switch'
    default:
      return 'text'
  }
}

/** `softmaxNegatives` → `softmax-negatives`. */
function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
}

/** `softmax-negatives` → `softmaxNegatives`. */
function camel(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

export function addSettingFlags(command: Command, definition: Method): void {
  for (const setting of settingsOf(definition)) {
    const flag = `--${kebab(setting.name)}`
    const shown = setting.default === undefined ? '' : ` (default: ${show(setting.default)})`
    const text = setting.description.replace(/\.$/, '') + shown
    if (setting.type === 'switch') {
      command.option(flag, text).option(`--no-${kebab(setting.name)}`, `not ${flag}`)
      continue
    }
    const option = new Option(`${flag} <${setting.type === 'text' ? 'value' : setting.type}>`, text)
    if (setting.choices) option.choices(setting.choices)
    else option.argParser((value: string) => parse(setting.type, value))
    command.addOption(option.helpGroup(`Settings of ${definition.title}:`))
  }
}

/** The settings that were given among the options of a command. */
export function givenSettings(
  definition: Method,
  options: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const entries = settingsOf(definition).map(({ name }) => [name, options[name]] as const)
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

/** Settings from `setting=value` texts. A name that is not known keeps its text: resolving the settings refuses it. */
export function settingsFromPairs(definition: Method, pairs: readonly string[]): Record<string, unknown> {
  const known = settingsOf(definition)
  return Object.fromEntries(
    pairs.map((pair) => {
      const [, key, text] = /^([^=]+)=(.*)$/s.exec(pair) ?? []
      if (key === undefined || text === undefined)
        throw fail('ARGUMENT', { what: '--set', expected: 'setting=value', got: quote(pair) })
      const name = camel(key)
      const setting = known.find((each) => each.name === name)
      return [name, setting ? parseNamed(setting, text) : text]
    }),
  )
}

/** `method.setting=value` or `method=preset` cut at the first separator; the method is one of `names`. */
export function perMethod(
  names: readonly string[],
  texts: readonly string[],
  separator: string,
  flag: string,
): [method: string, rest: string][] {
  return texts.map((text) => {
    const at = text.indexOf(separator)
    if (at < 1) throw fail('ARGUMENT', { what: flag, expected: `method${separator}…`, got: text })
    const name = text.slice(0, at)
    if (!names.includes(name)) throw fail('UNKNOWN_NAME', { kind: `method in ${flag}`, name, known: names })
    return [name, text.slice(at + 1)]
  })
}

function parseNamed(setting: Setting, text: string): unknown {
  try {
    return parse(setting.type, text)
  } catch (error) {
    if (!(error instanceof InvalidArgumentError)) throw error
    throw fail('ARGUMENT', {
      what: `--set ${setting.name}`,
      expected: `a value of the kind ${setting.type}`,
      got: quote(text),
    })
  }
}

function parse(type: Setting['type'], text: string): unknown {
  switch (type) {
    case 'number':
      return decimalNumber(text)
    case 'numbers':
      return text.split(',').map(decimalNumber)
    case 'switch':
      if (text !== 'true' && text !== 'false') throw new InvalidArgumentError('Expected true or false.')
      return text === 'true'
    case 'text':
      return text
  }
}

function show(value: unknown): string {
  return Array.isArray(value) ? value.join(',') : String(value)
}
