import type { JournalEntry } from './journal.ts'
import type { MockIdp } from './mock-idp.ts'

/**
 * One request as a line: time, method, path, status, why, and what was sent.
 *
 * Tokens, codes and secrets stand as `[redacted]`, as in the journal.
 */
export function timelineLine({ time, method, path, status, reason, parameters, notes }: JournalEntry): string {
  const sent = Object.entries(parameters).map(([name, value]) => `${name}=${[value].flat().join(',')}`)
  const parts = [
    new Date(time).toISOString().slice(11, 23),
    method.padEnd(4),
    path,
    status === 0 ? 'no answer' : status,
  ]
  const why = reason === undefined ? [] : [`(${reason})`]
  return [...parts, ...why, ...sent, ...notes.map((note) => `! ${note}`)].join(' ')
}

/** Everything a mock was asked so far, a line per request, oldest first; for the output of a failed test. */
export function timeline(idp: Pick<MockIdp, 'log'>): string {
  const { entries } = idp.log
  if (entries.length === 0) return 'the mock IdP was asked nothing'
  const count = entries.length === 1 ? '1 request' : `${entries.length} requests`
  return [`the mock IdP was asked ${count}:`, ...entries.map((entry) => `  ${timelineLine(entry)}`)].join('\n')
}
