import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { killAgainAndAgain } from './service-kills.ts'

const KILLS = 6
const folder = mkdtempSync(join(tmpdir(), 'homophily-service-kill-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// A hundred and more of them: npm run bench -- kills
test(
  `after each of ${KILLS} kills of a busy service nothing is lost and nothing is half there`,
  { timeout: 300_000 },
  async () => {
    const kills = await killAgainAndAgain({ workspace: join(folder, 'ws'), kills: KILLS, seed: 2 })
    expect(kills.length).toBe(KILLS)
    expect(kills.at(-1)!.events).toBeGreaterThan(2000)
    expect(kills.at(-1)!.version).toBeGreaterThanOrEqual(1)
  },
)
