/**
 * The XML that graph files are written in, a chunk at a time: elements, attributes, text, comments, CDATA. Strict: what is not
 * well-formed is an error that says where. Document type definitions with declarations of their own are refused, and with them all
 * entities but the five that XML has, so a file can neither name other files nor grow as it is read.
 */
import { fail } from '../../errors.ts'
import { excerpt } from '../report.ts'

export interface XmlSink {
  /** Names come without their namespace prefix. */
  open(name: string, attributes: ReadonlyMap<string, string>, line: number): void
  close(name: string, line: number): void
  /** Text between two tags; may come in pieces. */
  text(text: string): void
}

const MAX_TAG = 1 << 24
const nameAt = /[^\s/>=<"'&]+/y
const attributeAt = /\s+([^\s/>=<"'&]+)\s*=\s*(?:"([^"<]*)"|'([^'<]*)')/y
const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" }

/** Feeds a whole document to `sink`; `file` is for messages. */
export async function scanXml(file: string, chunks: AsyncIterable<Uint8Array>, sink: XmlSink): Promise<void> {
  const scanner = new XmlScanner(file, sink)
  const decoder = new TextDecoder('utf-8', { fatal: true })
  for await (const chunk of chunks)
    scanner.push(decode(() => decoder.decode(chunk, { stream: true }), scanner))
  scanner.push(decode(() => decoder.decode(), scanner))
  scanner.end()
}

function decode(work: () => string, scanner: XmlScanner): string {
  try {
    return work()
  } catch {
    throw scanner.wrong('text in UTF-8', 'other bytes')
  }
}

class XmlScanner {
  readonly #file: string
  readonly #sink: XmlSink
  readonly #open: string[] = []
  #buffer = ''
  #line = 1
  #rooted = false

  constructor(file: string, sink: XmlSink) {
    this.#file = file
    this.#sink = sink
  }

  wrong(expected: string, got: string): Error {
    return fail('DATA', { file: this.#file, line: this.#line, expected, got })
  }

  push(text: string): void {
    this.#buffer += text
    let at = 0
    for (;;) {
      const next = this.#token(at)
      if (next < 0) break
      for (let i = this.#buffer.indexOf('\n', at); i >= 0 && i < next; i = this.#buffer.indexOf('\n', i + 1))
        this.#line++
      at = next
    }
    this.#buffer = this.#buffer.slice(at)
    if (this.#buffer.length > MAX_TAG) throw this.wrong('the end of a tag within 16 MiB', 'none')
  }

  end(): void {
    if (this.#buffer.trim() !== '')
      throw this.wrong('a whole document', `${excerpt(this.#buffer)} at its end`)
    if (this.#open.length > 0) throw this.wrong(`</${this.#open.at(-1)}>`, 'the end of the file')
    if (!this.#rooted) throw this.wrong('an XML document', 'nothing')
  }

  /** Takes what begins at `at`; returns where the next begins, or −1 where its end is not there yet. */
  #token(at: number): number {
    const b = this.#buffer
    if (at >= b.length) return -1
    if (b[at] !== '<') {
      const end = b.indexOf('<', at)
      if (end < 0) return -1
      this.#text(this.#plain(b.slice(at, end)))
      return end
    }
    // The longest opening, <![CDATA[, must be there to tell it.
    if (b.length - at < 9 && !b.includes('>', at)) return -1
    if (b.startsWith('<!--', at)) return this.#past(at + 4, '-->')
    if (b.startsWith('<?', at)) return this.#past(at + 2, '?>', (text) => this.#instruction(text))
    if (b.startsWith('<![CDATA[', at)) return this.#past(at + 9, ']]>', (text) => this.#text(text))
    if (b.startsWith('<!DOCTYPE', at)) return this.#past(at + 9, '>', (text) => this.#doctype(text))
    const end = this.#tagEnd(at)
    if (end >= 0) this.#tag(b.slice(at + 1, end))
    return end < 0 ? -1 : end + 1
  }

  #past(from: number, mark: string, visit?: (text: string) => void): number {
    const end = this.#buffer.indexOf(mark, from)
    if (end >= 0) visit?.(this.#buffer.slice(from, end))
    return end < 0 ? -1 : end + mark.length
  }

  #tagEnd(at: number): number {
    let quoted = ''
    for (let i = at + 1; i < this.#buffer.length; i++) {
      const c = this.#buffer[i]
      if (quoted !== '') quoted = c === quoted ? '' : quoted
      else if (c === '"' || c === "'") quoted = c
      else if (c === '>') return i
    }
    return -1
  }

  #tag(text: string): void {
    if (text.startsWith('/')) {
      const name = local(text.slice(1).trim())
      const open = this.#open.pop()
      if (name !== open) throw this.wrong(open === undefined ? 'no closing tag' : `</${open}>`, `</${name}>`)
      this.#sink.close(name, this.#line)
      return
    }
    const alone = text.endsWith('/')
    const body = alone ? text.slice(0, -1) : text
    nameAt.lastIndex = 0
    const name = nameAt.exec(body)?.[0]
    if (name === undefined || !/^[\p{L}_:]/u.test(name))
      throw this.wrong('the name of an element', excerpt(`<${text}>`))
    if (this.#open.length === 0 && this.#rooted)
      throw this.wrong('the end of the document', excerpt(`<${text}>`))
    this.#rooted = true
    const attributes = this.#attributes(body, name.length)
    this.#sink.open(local(name), attributes, this.#line)
    if (alone) this.#sink.close(local(name), this.#line)
    else this.#open.push(local(name))
  }

  #attributes(body: string, from: number): Map<string, string> {
    const attributes = new Map<string, string>()
    let at = from
    for (; body.slice(at).trim() !== ''; at = attributeAt.lastIndex) {
      attributeAt.lastIndex = at
      const found = attributeAt.exec(body)
      if (!found) throw this.wrong('attributes such as id="a"', excerpt(body.slice(at).trim()))
      if (found[1].startsWith('xmlns')) continue
      const name = local(found[1])
      if (attributes.has(name)) throw this.wrong('every attribute once', `${found[1]} twice`)
      attributes.set(name, this.#plain(found[2] ?? found[3]))
    }
    return attributes
  }

  #text(text: string): void {
    if (this.#open.length > 0) this.#sink.text(text)
    else if (text.trim() !== '') throw this.wrong('a tag', excerpt(text.trim()))
  }

  #plain(text: string): string {
    if (!text.includes('&')) return text
    return text.replaceAll(/&([^;&]*);?/g, (whole, name: string) => {
      const code = /^#x[\da-f]+$/i.test(name)
        ? parseInt(name.slice(2), 16)
        : /^#\d+$/.test(name)
          ? Number(name.slice(1))
          : NaN
      const known = Object.hasOwn(entities, name)
        ? entities[name]
        : isCharacter(code)
          ? String.fromCodePoint(code)
          : null
      if (known === null || !whole.endsWith(';'))
        throw this.wrong('&lt; &gt; &amp; &quot; &apos; or a character number', excerpt(whole))
      return known
    })
  }

  #instruction(text: string): void {
    const encoding = /^xml\s.*?encoding\s*=\s*["']([^"']*)["']/is.exec(text)?.[1]
    if (encoding !== undefined && !/^(utf-?8|us-ascii)$/i.test(encoding))
      throw this.wrong('UTF-8', `encoding ${excerpt(encoding)}`)
  }

  #doctype(text: string): void {
    if (text.includes('['))
      throw this.wrong('no document type with declarations', excerpt(`<!DOCTYPE${text}`))
  }
}

function isCharacter(code: number): boolean {
  return code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff)
}

/** A name without its namespace prefix. */
function local(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
