import { expect, it } from 'vitest'
import { createClock } from '../../src/clock.ts'
import type { Consent } from '../../src/consent/consent.ts'
import { createRecords } from '../../src/records.ts'
import { createStandardRecords, type StandardAccess } from '../../src/standard/records.ts'

it('an access token of the standard profile is forgotten an hour after its end, and not before', () => {
  const clock = createClock({ fixedAt: 0 })
  const { accessTokens } = createStandardRecords(clock)
  const issue = (token: string): void => {
    const record: StandardAccess = {
      clientId: '',
      subject: '',
      scopes: [],
      details: [],
      audience: '',
      issuedAt: 0,
      expiresAt: clock.now() + 600_000,
      revoked: false,
    }
    accessTokens.set(token, record)
  }
  issue('first')
  clock.advance(600 + 3599)
  issue('second')
  expect([...accessTokens.keys()]).toEqual(['first', 'second'])
  clock.advance(61)
  issue('third')
  expect([...accessTokens.keys()]).toEqual(['second', 'third'])
})

it('the oldest logout that a client was told of goes first, and so does the oldest consent', () => {
  const clock = createClock({ fixedAt: 0 })
  const { logouts } = createStandardRecords(clock, { tokens: 2 })
  const { consents } = createRecords(clock, { tokens: 2 })
  for (const id of ['first', 'second', 'third']) {
    logouts.set(id, { clientId: '', uri: '', sessionId: id })
    consents.set(id, { id } as Consent)
  }
  expect([...logouts.keys()]).toEqual(['second', 'third'])
  expect([...consents.keys()]).toEqual(['second', 'third'])
})
