// Compiles src/ to dist/ with plain tsc, from scratch, so that no file of an earlier build lingers.
import { execFileSync } from 'node:child_process'
import { chmodSync, copyFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const packageOf = createRequire(import.meta.url).resolve('typescript/package.json')
const tsc = join(dirname(packageOf), 'bin', 'tsc')
rmSync(join(root, 'dist'), { recursive: true, force: true })
execFileSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' })
// Declarations that tsc does not copy.
copyFileSync(join(root, 'src', 'webassembly.d.ts'), join(root, 'dist', 'webassembly.d.ts'))
chmodSync(join(root, 'dist', 'cli', 'main.js'), 0o755)
