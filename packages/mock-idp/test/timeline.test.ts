import { timeline } from '@countersign/mock-idp/testing'
import { expect, it } from 'vitest'
import { fixedIdp, post } from './support/relying-party.ts'

it('says when nothing was asked', () => {
  expect(timeline(fixedIdp())).toBe('the mock IdP was asked nothing')
})

it('gives a line per request, with its reason and without secrets', async () => {
  const idp = fixedIdp()
  await post(idp, '/oauth2/v1/token', { grant_type: 'authorization_code', code: 'SECRET', client_id: idp.projectId })
  const [head, line] = timeline(idp).split('\n')
  expect(head).toBe('the mock IdP was asked 1 request:')
  expect(line).toMatch(
    /^ {2}00:00:00\.000 POST \/oauth2\/v1\/token 400 \(.+\) grant_type=authorization_code code=\[redacted\] client_id=/,
  )
})
