/** Numbers and times out of UTF-8 bytes, without a string per value. NaN means: not one. */
/** What a bad value should have been, for messages. */
export const TIME = 'epoch seconds or milliseconds, or an ISO date such as 2024-01-31T10:20:30Z'
export const ID = 'a non-empty id in UTF-8'

const decoder = new TextDecoder()

/** A decimal number; spaces around it are allowed. Infinity and hexadecimal are not numbers here. */
export function parseNumber(bytes: Uint8Array, start: number, end: number): number {
  let i = start
  const negative = bytes[i] === 45 && i < end
  if (negative) i++
  let mantissa = 0
  let scale = 1
  let point = false
  const digitsFrom = i
  for (; i < end; i++) {
    const c = bytes[i]
    if (c >= 48 && c <= 57) {
      mantissa = mantissa * 10 + (c - 48)
      if (point) scale *= 10
    } else if (c === 46 && !point) point = true
    else return slowNumber(bytes, start, end)
  }
  const digits = end - digitsFrom - (point ? 1 : 0)
  // Up to 15 digits the mantissa and the power of ten are exact, so one division rounds correctly.
  if (digits < 1 || digits > 15) return slowNumber(bytes, start, end)
  const value = mantissa / scale
  return negative ? -value : value
}

const numeral = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i

function slowNumber(bytes: Uint8Array, start: number, end: number): number {
  if (end - start > 400) return NaN
  const text = decoder.decode(bytes.subarray(start, end))
  const value = numeral.test(text) ? Number(text) : NaN
  return Number.isFinite(value) ? value : NaN
}

/**
 * Milliseconds since 1970 of an epoch number or an ISO 8601 date. Numbers are told apart by magnitude: below 10¹¹ seconds (up to
 * the year 5138), below 10¹⁴ milliseconds, below 10¹⁷ microseconds, else nanoseconds. Dates are `2024-01-31`, optionally followed by `T` or a
 * space and `10:20`, `10:20:30` or `10:20:30.123`, optionally followed by `Z` or an offset like `+02:00`; without one they are UTC.
 */
export function parseTime(bytes: Uint8Array, start: number, end: number): number {
  if (end - start >= 10 && bytes[start + 4] === 45 && bytes[start + 7] === 45)
    return parseDate(bytes, start, end)
  return epochMilliseconds(parseNumber(bytes, start, end))
}

/** The magnitude rule of {@link parseTime}. */
function epochMilliseconds(value: number): number {
  const size = Math.abs(value)
  if (size < 1e11) return value * 1000
  if (size < 1e14) return value
  return size < 1e17 ? value / 1e3 : value / 1e6
}

function parseDate(bytes: Uint8Array, start: number, end: number): number {
  const year = digits(bytes, start, 4)
  const month = digits(bytes, start + 5, 2)
  const day = digits(bytes, start + 8, 2)
  if (!(month >= 1 && month <= 12 && day >= 1 && day <= 31)) return NaN
  const date = new Date(0)
  const midnight = date.setUTCFullYear(year, month - 1, day)
  // A day like 31 April rolls over into the next month.
  if (date.getUTCDate() !== day) return NaN
  let i = start + 10
  if (i === end) return midnight
  if (bytes[i] !== 84 && bytes[i] !== 32) return NaN
  if (end - i < 6 || bytes[i + 3] !== 58) return NaN
  const hour = digits(bytes, i + 1, 2)
  const minute = digits(bytes, i + 4, 2)
  if (!(hour <= 23 && minute <= 59)) return NaN
  i += 6
  let second = 0
  if (bytes[i] === 58 && i < end) {
    if (end - i < 3) return NaN
    second = digits(bytes, i + 1, 2)
    if (!(second <= 60)) return NaN
    i += 3
    if (i < end && bytes[i] === 46) {
      let unit = 0.1
      for (i++; i < end && bytes[i] >= 48 && bytes[i] <= 57; i++, unit /= 10) second += (bytes[i] - 48) * unit
    }
  }
  const local = midnight + hour * 3_600_000 + minute * 60_000 + Math.round(second * 1000)
  return local - offsetMilliseconds(bytes, i, end)
}

/** `Z`, `+02`, `+0200`, `+02:00` or nothing; NaN for anything else. */
function offsetMilliseconds(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return 0
  const sign = bytes[start]
  if (sign === 90) return end - start === 1 ? 0 : NaN
  if (sign !== 43 && sign !== 45) return NaN
  const length = end - start
  const minutesAt = length === 6 && bytes[start + 3] === 58 ? start + 4 : start + 3
  if (length !== 3 && length !== 5 && !(length === 6 && minutesAt === start + 4)) return NaN
  const hours = digits(bytes, start + 1, 2)
  const minutes = length === 3 ? 0 : digits(bytes, minutesAt, 2)
  return (sign === 45 ? -1 : 1) * (hours * 3_600_000 + minutes * 60_000)
}

function digits(bytes: Uint8Array, start: number, count: number): number {
  let value = 0
  for (let i = start; i < start + count; i++) {
    const c = bytes[i]
    if (!(c >= 48 && c <= 57)) return NaN
    value = value * 10 + (c - 48)
  }
  return value
}
