import { ConfigurationError } from '../errors.ts'
import { refuseIssuer } from './access-token-checks.ts'
import { malformed } from './access-token-text.ts'
import type { AccessTokenVerifier } from './access-token-verifier.ts'
import { readPresented } from './authenticate.ts'
import { defaultSignatures } from './signatures.ts'

/** Longest token that any verifier can be set to accept, in characters. */
const maxTokenLength = 16_384

/**
 * Makes one verifier out of several, such as one for each provider. A token goes to the one verifier that lists its `iss`, and
 * is judged by its keys and rules alone; a token of any other issuer is refused, and nobody is asked for anything. A token
 * that is no JWT names no issuer, so it is refused too, also where one of them introspects opaque tokens.
 *
 * @param verifiers - At least one; no issuer may be listed by two of them.
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID`.
 * @example source: examples/snippets/several-issuers.ts
 */
export function combineVerifiers(verifiers: readonly AccessTokenVerifier[]): AccessTokenVerifier {
  const byIssuer = new Map<unknown, AccessTokenVerifier>()
  const isVerifier = (value: AccessTokenVerifier | undefined) =>
    typeof value?.authenticate === 'function' && Array.isArray(value.issuers)
  if (!Array.isArray(verifiers) || !verifiers.every(isVerifier)) invalid('combineVerifiers takes a list of verifiers.')
  for (const verifier of verifiers) {
    for (const issuer of verifier.issuers) {
      if (byIssuer.has(issuer)) invalid(`Two verifiers list the issuer ${issuer}, and a token must have one judge.`)
      byIssuer.set(issuer, verifier)
    }
  }
  const [first] = verifiers
  if (!first) invalid('combineVerifiers needs at least one verifier.')
  const issuers = [...byIssuer.keys()] as string[]

  const route = (token: string): AccessTokenVerifier => {
    const iss = readIssuer(token)
    return byIssuer.get(iss) ?? refuseIssuer(issuers, iss)
  }
  const combined: AccessTokenVerifier = {
    issuers,
    verify: async (token) => route(token).verify(token),
    async authenticate(request) {
      let token: string
      try {
        token = readPresented(request).token
      } catch {
        // No issuer to go by: the first one says what is wrong with the request.
        return first.authenticate(request)
      }
      return route(token).authenticate(request)
    },
    recall(request) {
      if (this !== combined) return undefined
      for (const verifier of verifiers) {
        const known = verifier.recall(request)
        if (known) return known
      }
      return undefined
    },
    forget: (filter) => verifiers.reduce((sum, verifier) => sum + verifier.forget(filter), 0),
  }
  return combined
}

/** The `iss` of a token that nothing has been checked of. It only chooses the verifier, which reads the token strictly. */
function readIssuer(token: string): unknown {
  if (typeof token !== 'string') malformed()
  if (token.length > maxTokenLength) malformed(`has more than ${maxTokenLength} characters`)
  try {
    const { iss } = JSON.parse(defaultSignatures().decodeText(token.split('.', 2)[1] ?? '') ?? '')
    // Anything else is none, and may be nested deeper than an error can quote.
    return typeof iss === 'string' ? iss : undefined
  } catch {
    return malformed()
  }
}

function invalid(message: string): never {
  throw new ConfigurationError('OIDC_OPTION_INVALID', message)
}
