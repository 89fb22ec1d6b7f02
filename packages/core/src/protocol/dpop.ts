/**
 * Proofs of possession (RFC 9449): sends requests with a proof by one key. Proofs are made by oauth4webapi, which also
 * remembers the nonces; whether an answer wants its nonce in a second try is decided here, before it becomes an error.
 */
import {
  allowInsecureRequests,
  customFetch,
  DPoP,
  genericTokenEndpointRequest,
  modifyAssertion,
  protectedResourceRequest,
  WWWAuthenticateChallengeError,
} from 'oauth4webapi'
import type { FetchFunction } from './transport.ts'

/** Sends requests with proofs. */
export interface Prover {
  /** Sends a token request, or one that carries a Bearer token, with a proof; once more when the server wants its nonce. */
  readonly send: FetchFunction
  /** Names the key in an authorization request (section 10). */
  thumbprint(): Promise<string>
}

/** Longest error answer that is searched for the wish for a nonce, in characters. */
const mostSearched = 10_000

/**
 * Creates what sends proofs by one key.
 *
 * @param keys - Key pair for signatures; the private key should not be extractable.
 * @param now - Time of the server, in milliseconds since the epoch.
 * @param fetch - Sends the requests.
 */
export function createProver(keys: CryptoKeyPair, now: () => number, fetch: FetchFunction): Prover {
  const createHandle = () =>
    DPoP({}, keys, {
      [modifyAssertion](_header, payload) {
        payload.iat = Math.floor(now() / 1000)
      },
    })
  // Nonces of the provider and of APIs are apart by origin, and also where both are on one (section 8.2 and 9).
  const atProvider = createHandle()
  const atResource = createHandle()

  const sendOnce = async (url: string, init: RequestInit): Promise<{ response: Response; wantsNonce: boolean }> => {
    const headers = new Headers(init.headers)
    const accessToken = /^Bearer (.+)/.exec(headers.get('authorization') ?? '')?.[1]
    if (accessToken) headers.delete('authorization')
    let wantsNonce = false
    const common = {
      [allowInsecureRequests]: true,
      async [customFetch](_: string, { headers: proven }: { headers: HeadersInit }) {
        const response = withUsableNonce(await fetch(url, { ...init, headers: proven }))
        wantsNonce = response.headers.has('dpop-nonce') && (await isNonceWanted(response, !!accessToken))
        return response
      },
    }
    try {
      const response = await (accessToken
        ? protectedResourceRequest(accessToken, init.method ?? 'GET', new URL(url), headers, null, {
            ...common,
            DPoP: atResource,
          })
        : genericTokenEndpointRequest(
            { issuer: url, token_endpoint: url },
            { client_id: '-' },
            // The request is complete as it is: it gets a proof, and nothing else.
            (_server, _client, _body, complete) => {
              for (const [header, value] of headers) complete.set(header, value)
            },
            '-',
            {},
            { ...common, DPoP: atProvider },
          ))
      return { response, wantsNonce }
    } catch (error) {
      if (!(error instanceof WWWAuthenticateChallengeError)) throw error
      return { response: error.response, wantsNonce }
    }
  }
  return {
    async send(url, init) {
      const first = await sendOnce(url, init)
      // What was streamed is gone, and can not be sent again.
      if (!first.wantsNonce || init.body instanceof ReadableStream) return first.response
      return (await sendOnce(url, init)).response
    },
    thumbprint: () => atProvider.calculateThumbprint(),
  }
}

/** Takes a nonce away that is no nonce by its syntax (section 8.1), or too long to be sent with every request. */
function withUsableNonce(response: Response): Response {
  const nonce = response.headers.get('dpop-nonce')
  if (nonce === null || /^[!#-[\]-~]{1,512}$/.test(nonce)) return response
  const headers = new Headers(response.headers)
  headers.delete('dpop-nonce')
  return new Response(response.body, { status: response.status, headers })
}

/** An API says it in its challenge, the token endpoint in the body of its error. */
async function isNonceWanted(response: Response, isResource: boolean): Promise<boolean> {
  if (isResource) {
    return (
      response.status === 401 && /\bdpop\b.*\buse_dpop_nonce\b/i.test(response.headers.get('www-authenticate') ?? '')
    )
  }
  if (response.status !== 400 && response.status !== 401) return false
  const reader = response.clone().body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (let part = await reader?.read(); part?.value && text.length < mostSearched; part = await reader?.read()) {
    text += part.value
  }
  void reader?.cancel()
  return /"error"\s*:\s*"use_dpop_nonce"/.test(text)
}
