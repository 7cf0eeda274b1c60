/**
 * Kills a busy service with SIGKILL, KILLS times (default 120), at seeded moments (SEED) within each phase of its work in turn, and looks
 * after each whether anything is lost or half there. It ends at the first fault.
 *
 *     npm run bench -- kills
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Kill, killAgainAndAgain } from '../test/service-kills.ts'

export async function killsBench(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'homophily-kills-'))
  const kills = Number(process.env['KILLS'] ?? 120)
  const seed = Number(process.env['SEED'] ?? 1)
  const done = await killAgainAndAgain({
    workspace: join(folder, 'ws'),
    kills,
    seed,
    onKill: ({ number, target, phase, half, events, version, versions }) =>
      console.log(
        `${number}: ${target} killed during ${phase}${half.length > 0 ? `, half done: ${half.join(', ')}` : ''}; ${events} events, version ${version} of ${versions} in service`,
      ),
  })
  rmSync(folder, { recursive: true, force: true })
  const table = (of: (kill: Kill) => string) =>
    [...Map.groupBy(done, of)].map(([what, list]) => `${what} ${list.length}`).join(', ')
  console.log(`${done.length} kills, nothing lost, nothing half there`)
  console.log(`killed: ${table(({ target }) => target)}`)
  console.log(`during: ${table(({ phase }) => phase)}`)
  console.log(
    `half done on disk: ${table(({ half }) => (half.length === 0 ? 'nothing' : half.join(' and ')))}`,
  )
  console.log(
    `${done.at(-1)?.events} events were acknowledged; version ${done.at(-1)?.version} is in service`,
  )
}
