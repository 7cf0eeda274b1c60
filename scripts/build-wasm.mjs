/** Compiles assembly/ into build/kernels.wasm. The file appears complete or not at all, so readers never see half of it. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import asc from 'assemblyscript/asc'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = `${root}build/kernels.wasm`
const options =
  '-O3 --enable simd,relaxed-simd,threads,bulk-memory --importMemory --sharedMemory --initialMemory 16 --maximumMemory 65536 --runtime stub --noAssert --use abort='

let binary
const { error } = await asc.main(
  ['assembly/index.ts', '--baseDir', root, '--outFile', 'kernels.wasm', ...options.split(' ')],
  {
    stderr: process.stderr,
    writeFile(name, contents) {
      if (name === 'kernels.wasm') binary = contents
    },
  },
)
if (error || !binary) {
  process.stderr.write(`build-wasm: ${error?.message ?? 'the compiler wrote no output'}\n`)
  process.exit(1)
}
mkdirSync(`${root}build`, { recursive: true })
const temporary = `${target}.${process.pid}`
try {
  writeFileSync(temporary, binary)
  renameSync(temporary, target)
} finally {
  rmSync(temporary, { force: true })
}
process.stdout.write(`build/kernels.wasm: ${binary.length} bytes\n`)
