import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isValidated, validateAuthorizationResponse } from '../../src/protocol/authorization-response.ts'
import { createKeySet } from '../../src/protocol/key-set.ts'
import { exchangeAuthorizationCode } from '../../src/protocol/token-request.ts'

const server = { issuer: 'https://id.example', token_endpoint: 'https://id.example/token' }
const validate = (query: string, metadata: Parameters<typeof validateAuthorizationResponse>[0] = server) =>
  validateAuthorizationResponse(metadata, new URL(`https://app.example/cb?${query}`), 'sent')

describe('validateAuthorizationResponse', () => {
  it('accepts a code with the state that was sent', () => {
    const response = validate('code=c&state=sent')
    expect(response).toEqual({ code: 'c' })
    expect(isValidated(response)).toBe(true)
  })

  it('ignores parameters it does not know (case C-38)', () => {
    expect(validate('code=c&state=sent&session_state=x&app=1')).toEqual({ code: 'c' })
  })

  it.each([
    ['state=sent', 'OIDC_RESPONSE_INVALID'],
    ['code=&state=sent', 'OIDC_RESPONSE_INVALID'],
    ['code=c', 'OIDC_STATE_MISSING'],
    ['code=c&state=', 'OIDC_STATE_MISSING'],
    ['code=c&state=SENT', 'OIDC_STATE_MISMATCH'],
    ['code=c&state=sent&state=sent', 'OIDC_RESPONSE_PARAMETER_REPEATED'],
    ['code=c&code=d&state=sent', 'OIDC_RESPONSE_PARAMETER_REPEATED'],
    ['code=c&state=sent&iss=https://id.example&iss=https://evil.example', 'OIDC_RESPONSE_PARAMETER_REPEATED'],
    ['code=c&state=sent&iss=https://id.example/', 'OIDC_RESPONSE_ISS_MISMATCH'],
    ['code=c&state=sent&id_token=x', 'OIDC_RESPONSE_INVALID'],
    ['code=c&state=sent&access_token=x', 'OIDC_RESPONSE_INVALID'],
    ['response=x.y.z&state=sent', 'OIDC_RESPONSE_INVALID'],
  ])('refuses ?%s with %s', (query, code) => {
    expect(() => validate(query)).toThrow(expect.objectContaining({ code, phase: 'authorization' }))
  })

  it('needs iss when the provider announces it, for errors too (RFC 9207 2.4, case C-23)', () => {
    const announcing = { ...server, authorization_response_iss_parameter_supported: true }
    for (const query of ['code=c&state=sent', 'error=access_denied&state=sent']) {
      expect(() => validate(query, announcing)).toThrow(expect.objectContaining({ code: 'OIDC_RESPONSE_ISS_MISSING' }))
    }
    expect(validate('code=c&state=sent&iss=https://id.example', announcing)).toEqual({ code: 'c' })
  })

  it.each(['s', 'f3b6b3a0-6c1e-4f43-9d2a-2f1f3f4a5b6c', 'x'.repeat(2048), 'a b&c=d'])(
    'takes a state of any length and alphabet: %s (S-166)',
    (state) => {
      const url = new URL('https://app.example/callback')
      url.searchParams.set('code', 'c')
      url.searchParams.set('state', state)
      expect(validateAuthorizationResponse(server, url, state)).toEqual({ code: 'c' })
      expect(() => validateAuthorizationResponse(server, url, `${state}x`)).toThrow(
        expect.objectContaining({ code: 'OIDC_STATE_MISMATCH' }),
      )
    },
  )

  it('shows no error of another party (case C-27)', () => {
    for (const query of [
      'error=access_denied&state=forged',
      'error=access_denied&state=sent&iss=https://evil.example',
    ]) {
      expect(() => validate(query)).toThrow(expect.objectContaining({ name: 'ProtocolError' }))
    }
  })

  it('treats a response with code and error as an error (case C-30)', () => {
    expect(() => validate('code=c&error=access_denied&error_description=no&state=sent')).toThrow(
      expect.objectContaining({ error: 'access_denied', errorDescription: 'no', code: 'OIDC_AUTHORIZATION_ERROR' }),
    )
  })

  it('reads the query only (case C-36; S-178)', () => {
    const url = new URL('https://app.example/cb#code=c&state=sent')
    expect(() => validateAuthorizationResponse(server, url, 'sent')).toThrow(
      expect.objectContaining({ code: 'OIDC_STATE_MISSING' }),
    )
  })

  it('accepts no state but the one that was sent', () => {
    fc.assert(
      fc.property(fc.string(), (state) => {
        fc.pre(state !== 'sent')
        expect(() => validate(new URLSearchParams({ code: 'c', state }).toString())).toThrow()
      }),
    )
  })
})

describe('exchangeAuthorizationCode', () => {
  it('refuses a response that was not validated, before any request', async () => {
    let requests = 0
    const transport = {
      fetch: () => {
        requests += 1
        return Promise.reject(new Error('sent'))
      },
    }
    const context = { server, client: { clientId: 'app' }, keys: createKeySet({}), clock: { now: () => 0 }, transport }
    const exchange = { redirectUri: 'https://app.example/cb', codeVerifier: 'v', nonce: 'n', scope: 'openid' }
    await expect(exchangeAuthorizationCode(context, { code: 'c' }, exchange)).rejects.toMatchObject({
      code: 'OIDC_RESPONSE_UNVALIDATED',
    })
    expect(requests).toBe(0)
  })
})
