/** Medians of rounds, and how far rounds lie apart. */

/** The middle value. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((left, right) => left - right)
  const half = sorted.length / 2
  return ((sorted[Math.ceil(half) - 1] ?? Number.NaN) + (sorted[Math.floor(half)] ?? Number.NaN)) / 2
}

/** Relative margin of error: 95 % of the median, from the median deviation, so that one disturbed round does little. */
export function margin(values: readonly number[]): string {
  if (values.some(Number.isNaN)) return '-'
  const middle = median(values)
  const deviation = 1.4826 * median(values.map((value) => Math.abs(value - middle)))
  return `±${((100 * 1.96 * 1.2533 * deviation) / Math.sqrt(values.length) / middle).toFixed(1)} %`
}
