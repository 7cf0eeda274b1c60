/** Reading a curve of recall over the size of an audience. */

/** The value at `size` between those that were measured; straight between them, and that of the nearest end outside. */
export function at(sizes: readonly number[], values: readonly number[], size: number): number {
  const k = sizes.findIndex((one) => one >= size)
  if (k < 0) return values.at(-1) ?? 0
  if (k === 0 || sizes[k] === size) return values[k]
  const share = (size - sizes[k - 1]) / (sizes[k] - sizes[k - 1])
  return values[k - 1] + share * (values[k] - values[k - 1])
}
