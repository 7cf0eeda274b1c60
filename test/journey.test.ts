/** The commands of docs/journey.md run as they stand there, and print what they say. */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('..', import.meta.url))
const page = readFileSync(join(root, 'docs', 'journey.md'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'homophily-journey-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const tools = ['bash', 'curl', 'awk'].filter((tool) => spawnSync('which', [tool]).status !== 0)
if (tools.length > 0) console.warn(`SKIPPED: the journey needs ${tools.join(' and ')}.`)

/** Blocks of commands, each with the lines it is said to print. */
const blocks = [...page.matchAll(/```sh\n([^]*?)```(?:\n\n```text\n([^]*?)```)?/g)].map(
  ([, commands, lines = '']) => ({
    commands,
    lines: lines.split('\n').filter((line) => line !== ''),
  }),
)

test('the page has commands and what they print', () => {
  expect(blocks.length).toBeGreaterThan(8)
  expect(blocks.flatMap(({ lines }) => lines).length).toBeGreaterThan(20)
})

describe.skipIf(tools.length > 0)('in a folder of its own', () => {
  test('every command does what the page says', { timeout: 600_000 }, async () => {
    const homophily = join(folder, 'homophily')
    writeFileSync(
      homophily,
      `#!/bin/sh\nexec "${process.execPath}" "${join(root, 'src', 'cli', 'main.ts')}" "$@"\n`,
    )
    chmodSync(homophily, 0o755)
    const end = 'END OF BLOCK'
    const script = blocks.map(({ commands }) => `${commands}\necho\necho '${end}'\n`).join('')
    // What is left running when a command fails must not outlive the test.
    writeFileSync(
      join(folder, 'journey.sh'),
      `set -e\ntrap 'kill $SERVER 2>/dev/null || true' EXIT\n${script}`,
    )
    const output = execFileSync('bash', ['journey.sh'], {
      cwd: folder,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
      env: {
        ...process.env,
        PORT: String(await freePort()),
        PATH: [folder, dirname(process.execPath), process.env['PATH']].join(delimiter),
      },
    })
    const printed = output.split(`${end}\n`)
    const missing = blocks.flatMap(({ commands, lines }, at) => {
      const lacking = lines.filter((line) => !pattern(line).test(printed[at]))
      return lacking.length > 0 ? [{ commands, lacking, printed: printed[at] }] : []
    })
    expect(missing).toEqual([])
  })
})

/** A line, anything for each `…`; where it ends in one, the rest of the line may be anything. */
function pattern(line: string): RegExp {
  const parts = line.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}`, 'm')
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer()
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}
