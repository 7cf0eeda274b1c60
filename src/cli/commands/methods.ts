/** `homophily methods` */
import type { Command } from 'commander'
import { embedders } from '../../models/embed/index.ts'
import { recommenders } from '../../models/recommend/index.ts'
import { wrap } from '../../evaluate/table.ts'
import { commonFlags } from '../flags.ts'
import { settingsOf } from '../settings.ts'
import type { CommonOptions } from '../context.ts'
import type { Shell } from '../shell.ts'

export function addMethods(program: Command, shell: Shell): void {
  commonFlags(program.command('methods').description('the methods there are, with their presets')).action(
    (options: CommonOptions) =>
      shell.run(options, async (context) => {
        const families = [
          ...recommenders.map((each) => ({ family: 'recommend', command: 'train', each })),
          ...embedders.map((each) => ({ family: 'embed', command: 'embed', each })),
        ]
        const methods = families.map(({ family, command, each }) => ({
          name: each.name,
          family,
          command,
          title: each.title,
          summary: each.summary,
          paper: each.paper ?? null,
          presets: Object.fromEntries(
            Object.entries(each.presets).map(([name, { summary }]) => [name, summary]),
          ),
          settings: settingsOf(each).map(({ name, description, default: value, choices }) => ({
            name,
            description,
            default: value ?? null,
            choices,
          })),
        }))
        const text = ['train', 'embed'].map((verb) => {
          const own = methods.filter(({ command }) => command === verb)
          const head = `Methods of homophily ${verb} (settings: homophily ${verb} <method> --help)\n\n`
          return head + own.map(describe).join('\n')
        })
        return context.answer({ command: 'methods', methods }, text.join('\n'))
      }),
  )
}

function describe({ name, title, summary, paper, presets }: Description): string {
  const lines = [
    summary,
    ...(paper === null ? [] : [paper]),
    ...Object.entries(presets).map(([preset, what]) => `preset ${preset}: ${what}`),
  ]
  return `${name} (${title})\n${lines.map((line) => `  ${wrap(line, 98, '  ')}\n`).join('')}`
}

interface Description {
  readonly name: string
  readonly title: string
  readonly summary: string
  readonly paper: string | null
  readonly presets: Readonly<Record<string, string>>
}
