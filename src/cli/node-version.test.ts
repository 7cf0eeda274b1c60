import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { nodeComplaint, oldestNode } from './node-version.ts'

test('older versions of Node are told which one it takes; those of package.json are not', () => {
  const { engines } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as {
    engines: { node: string }
  }
  expect(engines.node).toBe(`>=${oldestNode}`)
  expect(nodeComplaint('20.20.2')).toBe('homophily needs Node 22.18 or newer; this is 20.20.2')
  expect(nodeComplaint('22.9.0')).not.toBeNull()
  for (const version of ['22.18.0', '22.20.1', '23.0.0', '24.21.0', '26.1.0']) {
    expect(nodeComplaint(version)).toBeNull()
  }
})
