// Reads a Vitest log and prints its last "Tests" line as `N passed, N failed, N skipped`; fails where no test ran.
import { readFileSync } from 'node:fs'
import { stripVTControlCharacters } from 'node:util'

const lines = stripVTControlCharacters(readFileSync(process.argv[2], 'utf8')).split('\n')
const line = lines.findLast((text) => /^\s*Tests\s+\d/.test(text)) ?? ''
const count = (what) => Number(new RegExp(`(\\d+) ${what}`).exec(line)?.[1] ?? 0)
console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`)
if (count('passed') === 0) process.exitCode = 1
