/**
 * Packs the package, checks that its types resolve, installs it into empty projects as a user would (Node 22 and 24, with and without a C++ compiler), and runs
 * the README's program there. Needs the package registry.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = mkdtempSync(join(tmpdir(), 'homophily-package-'))
const run = (command, args, options = {}) =>
  execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'], ...options })

try {
  // Without scripts: dist/ and the WebAssembly kernels are built already.
  const [{ filename }] = JSON.parse(
    run('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], { cwd: root }),
  )
  run(join(root, 'node_modules', '.bin', 'attw'), [
    join(folder, filename),
    '--profile',
    'esm-only',
    '--format',
    'ascii',
  ])
  console.log('types resolve from ESM')
  const program = /```ts\n([^]*?)```/.exec(readFileSync(join(root, 'README.md'), 'utf8'))[1]
  for (const version of ['22', '24']) {
    for (const compiler of [true, false]) {
      const project = join(folder, `node${version}-${compiler ? 'native' : 'wasm'}`)
      mkdirSync(project)
      const allowed = { node: true, homophily: true }
      writeFileSync(
        join(project, 'package.json'),
        JSON.stringify({ name: 'empty', private: true, type: 'module', allowScripts: allowed }),
      )
      const env = { ...process.env, ...(compiler ? {} : { CXX: '/nonexistent/c++' }) }
      delete env.HOMOPHILY_BACKEND
      run('npm', ['install', '--no-audit', '--no-fund', `node@${version}`, join(folder, filename)], {
        cwd: project,
        env,
      })
      writeFileSync(join(project, 'program.ts'), program)
      writeFileSync(join(project, 'events.csv'), sampleEvents())
      const node = join(project, 'node_modules', '.bin', 'node')
      const output = run(node, ['program.ts'], { cwd: project, env })
      const cli = join(project, 'node_modules', '.bin', 'homophily')
      const info = JSON.parse(run(node, [cli, 'info', '--json'], { cwd: project, env })).kernels
      const backend = compiler ? 'native' : 'wasm'
      if (info.backend !== backend)
        throw new Error(`expected the ${backend} backend, got ${info.backend}: ${info.whyNotNative}`)
      if (!/recall/.test(output)) throw new Error(`the README's program printed no report:\n${output}`)
      console.log(
        `node ${run(node, ['--version'], { cwd: project }).trim()}, ${backend} backend: the README's program runs`,
      )
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Two tastes, enough of them to split. */
function sampleEvents() {
  const rows = ['user,item,timestamp']
  for (let n = 0; n < 4000; n++) {
    const user = (n * 7919) % 60
    const item = ((n * 104729) % 40) * 2 + (user % 2)
    rows.push(`u${user},i${item},${1_700_000_000 + n * 60}`)
  }
  return rows.join('\n') + '\n'
}
