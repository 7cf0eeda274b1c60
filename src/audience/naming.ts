/** A name for a segment, from what sets it apart. The words are those of the data, so it reads the same in every language. */
import type { Profile } from './profile.ts'

/** A name has this many parts, and more where two segments would have the same. */
const PARTS = 3
const MOST = 6
/** Numbers are named where a member has the larger one (or the smaller) with this probability. */
const CLEARLY = 2 / 3
const SIGNIFICANT = 0.05

/** The parts of a name, the most telling first. Items come where attributes say nothing. */
function partsOf({ attributes, items, numbers }: Profile): string[] {
  const candidates = [
    ...attributes.map(({ attribute, value, lnP }) => ({ text: worded(attribute, value), lnP })),
    ...numbers
      .filter(
        ({ q, larger }) => q <= SIGNIFICANT && larger !== null && Math.abs(larger - 0.5) >= CLEARLY - 0.5,
      )
      .map(({ attribute, larger, lnP }) => ({ text: `${attribute} ${larger! > 0.5 ? '↑' : '↓'}`, lnP })),
  ].sort((a, b) => a.lnP - b.lnP)
  const parts = [...candidates.map(({ text }) => text), ...items.map(({ title }) => title)]
  return [...new Set(parts)]
}

/** A value speaks for itself when it is a word; a number, a letter, yes or no needs its attribute. */
function worded(attribute: string, value: string): string {
  const speaks = /\p{L}{2}|\p{Script=Han}/u.test(value) && !/^(true|false|yes|no|other|none)$/i.test(value)
  return speaks ? value : `${attribute} ${value}`
}

/** One name each, all different. Where nothing sets a segment apart its name is its id. */
export function proposeNames(
  segments: readonly { readonly id: string; readonly profile: Profile }[],
): string[] {
  const parts = segments.map(({ profile }) => partsOf(profile))
  const lengths = segments.map(() => PARTS)
  const nameOf = (s: number): string => parts[s].slice(0, lengths[s]).join(' · ')
  const names = segments.map((_, s) => nameOf(s))
  for (let round = PARTS; round < MOST; round++) {
    for (let s = 0; s < names.length; s++) {
      const twins = names.filter((name) => name === names[s]).length > 1
      if (twins) lengths[s] = round + 1
    }
    lengths.forEach((_, s) => (names[s] = nameOf(s)))
  }
  return names.map((name, s) => {
    if (name === '') return segments[s].id
    return names.indexOf(name) === names.lastIndexOf(name) ? name : `${name} (${segments[s].id})`
  })
}
