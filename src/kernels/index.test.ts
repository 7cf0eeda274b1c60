/** The choice of the backend, in processes of their own: a copy of the package's parts, with and without builds. */
import { execFileSync, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const hasNative = existsSync(join(root, 'build/kernels.node'))
const { header } = process.report.getReport() as { header?: { glibcVersionRuntime?: string } }
const hasGlibc = header?.glibcVersionRuntime !== undefined
let bare: string

beforeAll(() => {
  bare = mkdtempSync(join(tmpdir(), 'homophily-kernels-'))
  for (const part of [
    'src/errors.ts',
    'src/kernels',
    'scripts/build-native.mjs',
    'package.json',
    'build/kernels.wasm',
  ]) {
    cpSync(join(root, part), join(bare, part), { recursive: true })
  }
})
afterAll(() => rmSync(bare, { recursive: true, force: true }))

const program = `
  import { describeBackend, keepOneArena, kernels } from './src/kernels/index.ts'
  import { heap } from './src/kernels/heap.ts'
  const total = kernels().sum(heap.place(Float32Array.of(1, 2, 3.5)))
  console.log(JSON.stringify({ ...describeBackend(), total, allowExternal: heap.allowExternal, oneArena: keepOneArena() }))`

function choose(
  cwd: string,
  env: Record<string, string>,
): { answer: Record<string, unknown> | null; error: string } {
  const { HOMOPHILY_BACKEND: _, HOMOPHILY_THREADS: __, ...clean } = process.env
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd,
    env: { ...clean, ...env },
    encoding: 'utf8',
  })
  return { answer: status === 0 ? (JSON.parse(stdout) as Record<string, unknown>) : null, error: stderr }
}

describe('without a native build', () => {
  test('the WebAssembly kernels are used, and the reason is told', () => {
    const { answer } = choose(bare, { HOMOPHILY_THREADS: '2' })
    expect(answer).toMatchObject({ backend: 'wasm', threads: 2, total: 6.5, allowExternal: false })
    expect(answer!['oneArena']).toBe(false)
    expect(answer!['whyNotNative']).toContain('homophily info --build-native')
  })

  test('forcing native fails and says how to build it', () => {
    const { answer, error } = choose(bare, { HOMOPHILY_BACKEND: 'native' })
    expect(answer).toBeNull()
    expect(error).toContain('homophily info --build-native')
  })
})

describe.skipIf(!hasNative)('with a native build', () => {
  test('it is used', () => {
    const { answer } = choose(root, { HOMOPHILY_THREADS: '3' })
    expect(answer).toMatchObject({
      backend: 'native',
      threads: 3,
      total: 6.5,
      whyNotNative: null,
      allowExternal: true,
      oneArena: hasGlibc,
    })
  })

  test('wasm can be forced', () => {
    const { answer } = choose(root, { HOMOPHILY_BACKEND: 'wasm', HOMOPHILY_THREADS: '1' })
    expect(answer).toMatchObject({ backend: 'wasm', threads: 1, whyNotNative: 'HOMOPHILY_BACKEND=wasm' })
  })
})

test.each([
  { HOMOPHILY_BACKEND: 'gpu' },
  { HOMOPHILY_THREADS: '0' },
  { HOMOPHILY_THREADS: 'two' },
  { HOMOPHILY_THREADS: '1.5' },
])('%o is refused', (env) => {
  const { answer, error } = choose(bare, env)
  expect(answer).toBeNull()
  expect(error).toContain(Object.keys(env)[0])
})

test.each([{ HOMOPHILY_SKIP_NATIVE: '1' }, { CXX: 'no-such-compiler' }, { CXX: 'false' }])(
  'the native build with %o says one line, succeeds, and leaves no stale build',
  (env) => {
    mkdirSync(join(bare, 'native'), { recursive: true })
    const stale = join(bare, 'build/kernels.node')
    writeFileSync(stale, 'stale')
    const text = execFileSync(process.execPath, ['scripts/build-native.mjs'], {
      cwd: bare,
      env: { ...process.env, ...(env as unknown as Record<string, string>) },
      encoding: 'utf8',
    })
    expect(text.trim().split('\n')).toHaveLength(1)
    expect(text).toContain('native kernels not built')
    expect(existsSync(stale)).toBe(false)
  },
)
