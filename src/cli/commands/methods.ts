/** `homophily methods` */
import type { Command } from 'commander'
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
        const methods = recommenders.map((each) => ({
          name: each.name,
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
        const text = methods.map(({ name, title, summary, paper, presets }) => {
          const lines = [
            summary,
            ...(paper === null ? [] : [paper]),
            ...Object.entries(presets).map(([preset, what]) => `preset ${preset}: ${what}`),
          ]
          return `${name} (${title})\n${lines.map((line) => `  ${wrap(line, 98, '  ')}\n`).join('')}`
        })
        const more = 'Settings of a method: homophily train <method> --help\n'
        return context.answer({ command: 'methods', methods }, `${text.join('\n')}\n${more}`)
      }),
  )
}
