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
  /**
   * Sends a token request, or one that carries a Bearer token, with a proof; once more when the server wants its nonce, and
   * when it refuses the proof while its `Date` shows that the clock of the machine is wrong.
   */
  readonly send: FetchFunction
  /** Names the key in an authorization request (section 10). */
  thumbprint(): Promise<string>
}

/** Longest error answer that is searched for what is wrong with a proof, in characters. */
const mostSearched = 10_000
/** A clock that is wrong by less is not what a server refuses, in milliseconds. */
const leastWrongMs = 5000

/**
 * Creates what sends proofs by one key.
 *
 * @param keys - Key pair for signatures; the private key should not be extractable.
 * @param now - Time of the server, in milliseconds since the epoch.
 * @param fetch - Sends the requests.
 */
export function createProver(keys: CryptoKeyPair, now: () => number, fetch: FetchFunction): Prover {
  const createPlace = () => {
    let known: { readonly time: number; readonly ticks: number } | undefined
    const time = () => (known ? known.time + performance.now() - known.ticks : now())
    return {
      handle: DPoP({}, keys, {
        [modifyAssertion](_header, payload) {
          payload.iat = Math.floor(time() / 1000)
        },
      }),
      /** Whether a second try makes sense, with what the answer has shown. */
      learn({ headers }: Response, complaint: string | undefined): boolean {
        if (complaint === 'use_dpop_nonce') return headers.has('dpop-nonce')
        const date = Date.parse(headers.get('date') ?? '')
        if (!complaint || !(Math.abs(date - time()) > leastWrongMs)) return false
        known = { time: date, ticks: performance.now() }
        return true
      },
    }
  }
  // Nonces of the provider and of APIs are apart by origin, and also where both are on one (section 8.2 and 9).
  const atProvider = createPlace()
  const atResource = createPlace()

  const sendOnce = async (
    url: string,
    init: RequestInit,
  ): Promise<{ response: Response; wish: string | undefined }> => {
    const headers = new Headers(init.headers)
    const accessToken = /^Bearer (.+)/.exec(headers.get('authorization') ?? '')?.[1]
    if (accessToken) headers.delete('authorization')
    const place = accessToken ? atResource : atProvider
    let wish: string | undefined
    const common = {
      [allowInsecureRequests]: true,
      async [customFetch](_: string, { headers: proven }: { headers: HeadersInit }) {
        const response = withUsableNonce(await fetch(url, { ...init, headers: proven }))
        const complaint = await complaintAboutProof(response, !!accessToken)
        wish = place.learn(response, complaint) ? complaint : undefined
        return response
      },
    }
    try {
      const response = await (accessToken
        ? protectedResourceRequest(accessToken, init.method ?? 'GET', new URL(url), headers, null, {
            ...common,
            DPoP: place.handle,
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
            { ...common, DPoP: place.handle },
          ))
      return { response, wish }
    } catch (error) {
      if (!(error instanceof WWWAuthenticateChallengeError)) throw error
      return { response: error.response, wish }
    }
  }
  return {
    async send(url, init) {
      let answer = await sendOnce(url, init)
      const heard = new Set<string>()
      // What was streamed is gone, and can not be sent again. Each wish is fulfilled once.
      while (answer.wish && !heard.has(answer.wish) && !(init.body instanceof ReadableStream)) {
        heard.add(answer.wish)
        answer = await sendOnce(url, init)
      }
      return answer.response
    },
    thumbprint: () => atProvider.handle.calculateThumbprint(),
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
async function complaintAboutProof(response: Response, isResource: boolean): Promise<string | undefined> {
  if (response.status !== 401 && (isResource || response.status !== 400)) return undefined
  if (isResource) {
    return /\bdpop\b.*\b(use_dpop_nonce|invalid_dpop_proof)\b/i.exec(
      response.headers.get('www-authenticate') ?? '',
    )?.[1]
  }
  const reader = response.clone().body?.pipeThrough(new TextDecoderStream()).getReader()
  let text = ''
  for (let part = await reader?.read(); part?.value && text.length < mostSearched; part = await reader?.read()) {
    text += part.value
  }
  void reader?.cancel()
  return /"error"\s*:\s*"(use_dpop_nonce|invalid_dpop_proof)"/.exec(text)?.[1]
}
