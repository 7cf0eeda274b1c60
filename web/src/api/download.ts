/** Saves what the service answers as a file: a link would not carry the key. */
import { type Problem, ServiceError } from 'homophily/client'
import { currentKey } from './key.ts'

/**
 * @param path such as /v1/segments/s1/members?format=csv
 * @throws ServiceError for an answer that is none
 */
export async function download(path: string, filename: string): Promise<void> {
  const key = currentKey()
  const response = await fetch(path, key === null ? {} : { headers: { authorization: `Bearer ${key}` } })
  if (!response.ok) {
    const text = await response.text()
    const json = response.headers.get('content-type')?.includes('json') ? (JSON.parse(text) as Problem) : null
    throw new ServiceError(response.status, json, text)
  }
  const url = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = filename
  link.click()
  // The browser has taken hold of it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
