/** Numbers, shares and times in the language of the page. */
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'

export interface Format {
  readonly language: string
  whole(value: number): string
  /** With `digits` after the point. */
  fixed(value: number, digits?: number): string
  /** 0.12 as 12 %. */
  share(value: number, digits?: number): string
  moment(time: number): string
  day(time: number): string
  /** One and another. */
  list(items: readonly string[]): string
  /** How long ago, or in how long, in the largest unit that fits. */
  ago(time: number, now?: number): string
  /** Seconds as 3 s, 2 min, 1.5 h. */
  duration(seconds: number): string
}

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
  ['second', 1000],
] as const

export function formatOf(language: string): Format {
  const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 })
  const moment = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
  const day = new Intl.DateTimeFormat(language, { month: 'short', day: 'numeric' })
  const list = new Intl.ListFormat(language, { type: 'conjunction' })
  const relative = new Intl.RelativeTimeFormat(language, { numeric: 'auto' })
  const fixed = (value: number, digits: number, more: Intl.NumberFormatOptions = {}): string =>
    new Intl.NumberFormat(language, {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
      ...more,
    }).format(value)
  return {
    language,
    whole: (value) => whole.format(value),
    fixed: (value, digits = 3) => fixed(value, digits),
    share: (value, digits = 0) => fixed(value, digits, { style: 'percent' }),
    moment: (time) => moment.format(time),
    day: (time) => day.format(time),
    list: (items) => list.format(items),
    ago(time, now = Date.now()) {
      const between = time - now
      const [unit, size] = units.find(([, size]) => Math.abs(between) >= size) ?? units[3]
      return relative.format(Math.round(between / size), unit)
    },
    duration(seconds) {
      const [unit, size] = (
        seconds >= 3600 ? ['hour', 3600] : seconds >= 60 ? ['minute', 60] : ['second', 1]
      ) satisfies [string, number]
      const digits = seconds >= 60 || seconds < 10 ? 1 : 0
      return fixed(seconds / size, digits, {
        style: 'unit',
        unit,
        unitDisplay: 'short',
        minimumFractionDigits: 0,
      })
    },
  }
}

export function useFormat(): Format {
  const { i18n } = useTranslation()
  return useMemo(() => formatOf(i18n.language), [i18n.language])
}
