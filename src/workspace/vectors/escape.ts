/**
 * Ids as words of formats that separate words by spaces and lines. White space, control characters and the escape character itself
 * become `␛` (U+241B), their code point in hexadecimal, and `;`: "New York" is `New␛20;York`. An empty id is `␛;`. All other ids
 * stay as they are, so that files made elsewhere mean what they say; a `␛` that does not begin an escape is itself.
 */
const unsafe = /[\s\p{Cc}\u180e\u200b\u2060␛]/gu
const escaped = /␛([0-9a-f]{1,6});/g

export function escapeId(id: string): string {
  if (id === '') return '␛;'
  return id.replace(unsafe, (character) => `␛${character.codePointAt(0)!.toString(16)};`)
}

export function unescapeId(word: string): string {
  if (word === '␛;') return ''
  if (!word.includes('␛')) return word
  return word.replace(escaped, (whole, code: string) => {
    const point = parseInt(code, 16)
    return point <= 0x10ffff && !(point >= 0xd800 && point <= 0xdfff) ? String.fromCodePoint(point) : whole
  })
}
