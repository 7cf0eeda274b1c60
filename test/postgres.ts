/** A PostgreSQL server of the tests' own, from Debian's packages. */
import { execFileSync, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const packages = '/usr/lib/postgresql'

export interface TestServer {
  readonly url: string
  /** Ends it as a crash would; {@link resume} starts it again, with all that was committed. */
  crash(): void
  resume(): void
  stop(): void
}

/**
 * Makes a server in a temporary folder that listens on a loopback port, until `stop`. Null, and a loud word, where the packages are
 * missing: what needs it must then skip.
 */
export async function startPostgres(): Promise<TestServer | null> {
  const versions = existsSync(packages) ? readdirSync(packages).sort((a, b) => Number(b) - Number(a)) : []
  const bin = versions.map((v) => join(packages, v, 'bin')).find((path) => existsSync(join(path, 'initdb')))
  if (bin === undefined) {
    console.warn('PostgreSQL is not installed (Debian: postgresql): nothing is tested against it.')
    return null
  }
  const directory = mkdtempSync(join(tmpdir(), 'homophily-postgres-'))
  const data = join(directory, 'data')
  // The server refuses to run as root.
  const root = process.getuid?.() === 0
  if (root) {
    const [uid, gid] = ['-u', '-g'].map((flag) =>
      Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' })),
    ) as [number, number]
    chownSync(directory, uid, gid)
  }
  chmodSync(directory, 0o700)
  const run = (command: string, ...args: string[]): void => {
    const call = [join(bin, command), ...args]
    const all = root ? ['runuser', '-u', 'postgres', '--', ...call] : call
    const { status, stderr } = spawnSync(all[0], all.slice(1), {
      encoding: 'utf8',
      cwd: directory,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    if (status !== 0) throw new Error(`${command} failed: ${stderr}`)
  }
  const port = await freePort()
  run('initdb', '-D', data, '-U', 'homophily', '-A', 'trust', '-E', 'UTF8', '--no-sync')
  const options = `-p ${port} -c listen_addresses=127.0.0.1 -c unix_socket_directories=${directory}`
  const start = (): void =>
    run('pg_ctl', '-D', data, '-w', '-l', join(directory, 'log'), '-o', options, 'start')
  const crash = (): void => run('pg_ctl', '-D', data, '-m', 'immediate', 'stop')
  start()
  return {
    crash,
    resume: start,
    url: `postgres://homophily@127.0.0.1:${port}/postgres`,
    stop() {
      crash()
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() =>
        typeof address === 'object' && address !== null
          ? resolve(address.port)
          : reject(new Error('no free port')),
      )
    })
  })
}
