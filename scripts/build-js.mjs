// Compiles src/ to dist/ with plain tsc, from scratch, so that no file of an earlier build lingers. dist/web is Vite's, which clears it itself.
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const packageOf = createRequire(import.meta.url).resolve('typescript/package.json')
const tsc = join(dirname(packageOf), 'bin', 'tsc')
const dist = join(root, 'dist')
mkdirSync(dist, { recursive: true })
for (const name of readdirSync(dist)) {
  if (name !== 'web') rmSync(join(dist, name), { recursive: true, force: true })
}
execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' })
// Declarations that tsc does not copy.
copyFileSync(join(root, 'src', 'webassembly.d.ts'), join(dist, 'webassembly.d.ts'))
chmodSync(join(dist, 'cli', 'main.js'), 0o755)
