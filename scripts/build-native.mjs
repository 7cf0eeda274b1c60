/**
 * Builds build/kernels.node from native/: one compiler call for each instruction set, all at once, then one to link. Runs at
 * `npm install`, so it never fails: without a compiler it says so in one line, and the WebAssembly kernels do the work.
 *
 * Switches: CXX names the compiler; HOMOPHILY_SKIP_NATIVE=1 skips the build.
 */
import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const output = join(root, 'build', 'kernels.node')
const flags =
  '-O3 -std=c++17 -fPIC -pthread -fno-math-errno -fno-trapping-math -ffp-contract=fast -fvisibility=hidden -fno-exceptions -fno-rtti -Wall -Wno-psabi'
const isas =
  process.arch === 'x64'
    ? {
        avx512: '-mavx512f -mavx512bw -mavx512dq -mavx512vl -mavx2 -mfma -mprefer-vector-width=512',
        avx2: '-mavx2 -mfma',
        baseline: '',
      }
    : { baseline: '' }

class Skip extends Error {}

/** Resolves with whether the command ran and succeeded, and what it wrote. */
function run(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let text = ''
    child.stdout.on('data', (data) => (text += data))
    child.stderr.on('data', (data) => (text += data))
    child.on('error', (error) => resolve({ ok: false, text: error.message }))
    child.on('close', (code) => resolve({ ok: code === 0, text }))
  })
}

async function findCompiler() {
  const candidates = process.env.CXX ? [process.env.CXX] : ['g++', 'clang++', 'c++']
  for (const candidate of candidates) {
    const [command, ...args] = candidate.split(' ')
    if ((await run(command, [...args, '--version'])).ok) return [command, args]
  }
  throw new Skip(`no C++ compiler found (tried ${candidates.join(', ')})`)
}

async function must(step, [command, before], args) {
  const { ok, text } = await run(command, [...before, ...args])
  if (ok) return
  const reason = text.split('\n').find((line) => line.includes('error')) ?? text.split('\n')[0]
  throw new Skip(`${command} failed on ${step}: ${reason.trim()}`)
}

async function build() {
  if (process.env.HOMOPHILY_SKIP_NATIVE === '1') throw new Skip('HOMOPHILY_SKIP_NATIVE=1')
  if (process.platform === 'win32') throw new Skip('Windows is not supported by this build')
  if (!existsSync(join(root, 'native'))) throw new Skip('the sources are not in this package')
  const compiler = await findCompiler()
  const headers = createRequire(import.meta.url)('node-api-headers').include_dir
  mkdirSync(join(root, 'build'), { recursive: true })
  const temporary = mkdtempSync(join(root, 'build', '.native-'))
  try {
    const sources = ['addon', 'pool', ...Object.keys(isas)]
    const object = (name) => join(temporary, `${name}.o`)
    const compile = (name) =>
      must(`native/${name}.cpp`, compiler, [
        ...flags.split(' '),
        ...(isas[name] ? isas[name].split(' ') : []),
        `-I${headers}`,
        '-c',
        join(root, 'native', `${name}.cpp`),
        '-o',
        object(name),
      ])
    await Promise.all(sources.map(compile))
    const link =
      process.platform === 'darwin'
        ? ['-dynamiclib', '-undefined', 'dynamic_lookup']
        : ['-shared', '-static-libstdc++', '-static-libgcc', '-Wl,--exclude-libs,ALL']
    const library = join(temporary, 'kernels.node')
    await must('linking', compiler, [...link, '-pthread', ...sources.map(object), '-o', library, '-ldl'])
    renameSync(library, output)
  } finally {
    rmSync(temporary, { recursive: true, force: true })
  }
  return compiler[0]
}

const started = performance.now()
try {
  const compiler = await build()
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(`homophily: native kernels built with ${compiler} in ${seconds} s`)
} catch (error) {
  rmSync(output, { force: true })
  if (existsSync(join(root, 'build')) && readdirSync(join(root, 'build')).length === 0)
    rmSync(join(root, 'build'), { recursive: true })
  console.log(`homophily: native kernels not built: ${error.message}. The WebAssembly kernels are used.`)
}
