/** Keeps answers that depend on the caller out of caches that callers share (RFC 9111 sections 3.5 and 4.1). */

/** Headers of an answer: those of a `Response`, or an Express response itself. */
export interface AnswerHeaders {
  /** The value of a header, if it is set. */
  get(name: string): string | readonly string[] | number | null | undefined
  /** Sets a header, in place of what it was. */
  set(name: string, value: string): unknown
}

/**
 * Marks an answer as one that is for this caller alone: `Cache-Control: private, no-store`, and `Vary` with `Authorization`
 * beside what it names already. For every answer with data that was cut to the rights of the caller: a cache that ignored the
 * one would still keep the answers apart by the other.
 *
 * @param headers - `response.headers`, or the response of Express.
 */
export function preventSharedCaching(headers: AnswerHeaders): void {
  // Several values, as Node keeps them, become one text with commas here.
  const names = `${headers.get('vary') ?? ''}`
    .split(',')
    .map((name) => name.trim())
    .filter(Boolean)
  const known = names.some((name) => name === '*' || name.toLowerCase() === 'authorization')
  headers.set('vary', (known ? names : [...names, 'Authorization']).join(', '))
  headers.set('cache-control', 'private, no-store')
}
