/** Results on disk, one file for each piece of work, so that a benchmark that was stopped goes on where it was. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** The result of `work` on what `key` says, from the folder where it is there already. Results are plain JSON data. */
export async function finished<T>(folder: string, key: object, work: () => Promise<T>): Promise<T> {
  mkdirSync(folder, { recursive: true })
  const text = JSON.stringify(key)
  const name = createHash('sha256').update(text).digest('hex').slice(0, 16)
  const file = join(folder, `${name}.json`)
  if (existsSync(file)) return (JSON.parse(readFileSync(file, 'utf8')) as { result: T }).result
  console.error(text)
  const result = await work()
  writeFileSync(`${file}.part`, JSON.stringify({ key, result }))
  renameSync(`${file}.part`, file)
  return result
}
