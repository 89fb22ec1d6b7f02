/** Proofs of possession at an API (RFC 9449 sections 4.3, 7, 9 and 11). */
import { type Clock, systemClock } from '../clock.ts'
import type { ErrorCodeOf } from '../error-codes.ts'
import { TokenVerificationError } from '../errors.ts'
import { checkOptions, isSecureUrl, resultOf } from '../options.ts'
import type { SignatureAlgorithm } from '../protocol/client.ts'
import { type JwsObject, readJwsText } from '../protocol/jws-text.ts'
import { createMemoryStore, type SharedStore, sharedStore } from '../shared-store.ts'
import type { AuthenticatedRequest, VerifyToken } from './authenticate.ts'
import { digest } from './digest.ts'
import { authenticateDpop } from './dpop-authentication.ts'
import { readProofKey, refuseKey, thumbprintOf } from './dpop-key.ts'
import type { DpopNonces } from './dpop-nonces.ts'
import { normalAddress, publicAddress } from './request-address.ts'
import { signatureAlgorithms } from './signature-algorithms.ts'
import { defaultSignatures } from './signatures.ts'
import type { VerifiedAccessToken } from './verified-access-token.ts'

/** Options of {@link createDpopProofVerifier}. */
export interface DpopProofVerifierOptions {
  /**
   * Public URL of this API as its clients write it, up to where the path that this server sees begins: an origin, with a
   * path where a proxy takes that path away. What a request says about its own host is never believed.
   */
  readonly baseUrl: string
  /** Algorithms of proofs that are accepted. Default `['ES256', 'EdDSA', 'Ed25519', 'RS256', 'PS256']`. */
  readonly algorithms?: readonly SignatureAlgorithm[]
  /**
   * How far `iat` of a proof may lie in the past or the future, in seconds, 5 to 300. A proof that has an `exp` or `nbf` is
   * held to it as well, with 30 seconds for clocks that differ, or fewer where the window is smaller. Default 60.
   */
  readonly windowSeconds?: number
  /** Where used proofs are remembered. Default: in memory, which several processes do not share. */
  readonly store?: SharedStore
  /** Demands nonces of this API in proofs. Default: none. */
  readonly nonces?: DpopNonces
  /** Refuses tokens that are not bound to a key. Default false: they are taken as Bearer tokens. */
  readonly required?: boolean
  /** Where the time comes from. Default: the clock of the machine. */
  readonly clock?: Clock
}

/** The parts of a request that a proof is about. */
export interface ProvenRequest {
  /** HTTP method. */
  readonly method: string
  /** URL or path. */
  readonly url: string
  /** Value of the DPoP header. */
  readonly proof: string | null | undefined
}

/** Checks proofs of possession; the option `dpop` of a verifier. */
export interface DpopProofVerifier {
  /** Algorithms of proofs that are accepted. */
  readonly algorithms: readonly string[]
  /** Whether tokens that are not bound to a key are refused. */
  readonly required: boolean
  /**
   * Checks the proof of a request and remembers it.
   *
   * @param token - The access token of the request.
   * @param thumbprint - The key that the token is bound to: `cnf.jkt`.
   * @throws {TokenVerificationError} One `OIDC_DPOP_...` code for each rule.
   * @throws {NetworkError} `OIDC_STORE_UNAVAILABLE`, or what the store throws.
   */
  verify(request: ProvenRequest, token: string, thumbprint: string): Promise<void>
  /** The nonce for the header `DPoP-Nonce` of answers; undefined when none is demanded. */
  nonce(): Promise<string | undefined>
  /** Makes `authenticate` of the verifier that it is an option of. */
  authenticator(verify: VerifyToken): (request: AuthenticatedRequest) => Promise<VerifiedAccessToken>
}

type ProofRule = Extract<ErrorCodeOf<'TokenVerificationError'>, `OIDC_DPOP_${string}`>

/** Longest proof read, in characters: one with an RSA key of 4096 bits has less than 2500. */
const maxLength = 4096

/**
 * Creates what checks proofs of possession, for the option `dpop` of {@link createAccessTokenVerifier}.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @see RFC 9449 section 4.3
 * @example source: examples/snippets/api-dpop.ts
 */
export function createDpopProofVerifier(options: DpopProofVerifierOptions): DpopProofVerifier {
  checkOptions(
    options,
    {
      baseUrl: ['an https URL (http on loopback) without query and fragment', isBaseUrl],
      algorithms: signatureAlgorithms,
      windowSeconds: [5, 300],
      store: sharedStore,
      nonces: resultOf('createDpopNonces', 'accepts'),
      required: 'boolean',
      clock: 'object',
    },
    ['baseUrl'],
  )
  const {
    algorithms = ['ES256', 'EdDSA', 'Ed25519', 'RS256', 'PS256'],
    windowSeconds = 60,
    nonces,
    clock = systemClock,
  } = options
  const baseUrl = options.baseUrl.replace(/\/$/, '')
  const store = options.store ?? createMemoryStore({ clock })
  const signatures = defaultSignatures()

  const readProof = ({ method, url, proof }: ProvenRequest) => {
    if (!proof) refuse('OIDC_DPOP_PROOF_MISSING', 'The request has no DPoP header.')
    // What comes twice is joined by a comma, which no proof has.
    if (proof.includes(',')) refuse('OIDC_DPOP_PROOF_REPEATED', 'The request has more than one DPoP proof.')
    let header: JwsObject = {}
    const malformed = () => refuse('OIDC_DPOP_PROOF_MALFORMED', 'The proof is too long or breaks the compact form.')
    const payload = readJwsText(proof, maxLength, malformed, (found) => {
      checkHeader(found, algorithms)
      header = found
    })
    const { jti, htm, htu, iat, ath, nonce, exp = 1e11 - 1, nbf = 1 } = payload
    const hasTexts = isText(jti, 256) && isText(htm, 64) && isText(htu, maxLength) && isText(ath, 64)
    if (!(hasTexts && isTime(iat) && isTime(exp) && isTime(nbf))) {
      refuse('OIDC_DPOP_PROOF_MALFORMED', 'The proof needs jti, htm, htu, iat and ath, and exp and nbf to be times.')
    }
    if (htm !== method) refuse('OIDC_DPOP_HTM_MISMATCH', `Expected htm ${method}.`, 'htm')
    const expected = publicAddress(baseUrl, url)
    if (expected === undefined) {
      refuse(
        'OIDC_DPOP_HTU_MISMATCH',
        'The path of the request has dot segments or backslashes, which no htu has.',
        'htu',
      )
    }
    if (normalAddress(htu) !== expected) refuse('OIDC_DPOP_HTU_MISMATCH', `Expected htu ${expected}.`, 'htu')
    const now = clock.now() / 1000
    const age = now - iat
    if (Math.abs(age) > windowSeconds) {
      refuse('OIDC_DPOP_IAT_REFUSED', `The iat is off by ${Math.round(age)} s; ${windowSeconds} s are allowed.`, 'iat')
    }
    const tolerance = Math.min(30, windowSeconds)
    const claim = now - exp >= tolerance ? 'exp' : nbf - now > tolerance ? 'nbf' : undefined
    if (claim) {
      const found = `By its ${claim}, ${payload[claim]}, the proof is not good at ${now}`
      refuse('OIDC_DPOP_LIFETIME_REFUSED', `${found}; ${tolerance} s are tolerated.`, claim)
    }
    return { proof, header, alg: header.alg as string, jti, ath, nonce, iat }
  }

  const proofs: Omit<DpopProofVerifier, 'authenticator'> = {
    algorithms,
    required: options.required ?? false,
    nonce: async () => nonces?.current(),
    async verify(request, token, thumbprint) {
      const { proof, header, alg, jti, ath, nonce, iat } = readProof(request)
      const key = readProofKey(header.jwk, alg, signatures)
      if ((await thumbprintOf(header.jwk)) !== thumbprint) {
        refuse('OIDC_DPOP_JKT_MISMATCH', 'The proof is made by another key than the one of the token.', 'jkt')
      }
      if (ath !== (await digest(token))) refuse('OIDC_DPOP_ATH_MISMATCH', 'The ath is not of the token.', 'ath')
      const check = (await key.check(alg)) ?? refuseKey('The jwk of the proof can not be used.')
      const end = proof.lastIndexOf('.')
      const signature = signatures.decodeBytes(proof.slice(end + 1))
      if (!signature || !(await check(proof.slice(0, end), signature))) {
        refuse('OIDC_DPOP_SIGNATURE_INVALID', 'The signature of the proof does not verify.')
      }
      if (nonces && !(typeof nonce === 'string' && (await nonces.accepts(nonce)))) {
        refuse('OIDC_DPOP_NONCE_REQUIRED', 'The proof needs the nonce of the header DPoP-Nonce.', 'nonce')
      }
      // Last, so that only the holder of the key can fill the memory. Kept until the window has passed for sure.
      const ttlMs = Math.ceil((iat + windowSeconds + 1) * 1000 - clock.now())
      if (!(await store.add(`dpop:${await digest(`${thumbprint} ${jti}`)}`, '1', ttlMs))) {
        refuse('OIDC_DPOP_REPLAYED', 'The proof was used before.', 'jti')
      }
    },
  }
  return { ...proofs, authenticator: (verify) => authenticateDpop(verify, proofs) }
}

function checkHeader({ typ, alg, crit, b64 }: JwsObject, algorithms: readonly string[]): void {
  if (typeof typ !== 'string' || typ.toLowerCase().replace(/^application\//, '') !== 'dpop+jwt') {
    refuse('OIDC_DPOP_TYP_REFUSED', 'Expected typ dpop+jwt.', 'typ')
  }
  if (!algorithms.includes(alg as string)) {
    refuse('OIDC_DPOP_ALG_REFUSED', `Expected alg ${algorithms.join(' or ')}.`, 'alg')
  }
  if (crit !== undefined || b64 !== undefined) {
    refuse('OIDC_DPOP_ALG_REFUSED', 'Critical extensions are not supported.', 'crit')
  }
}

function isText(value: unknown, most: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= most
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && value > 0 && value < 1e11
}

function isBaseUrl(value: unknown): boolean {
  return isSecureUrl(value) && !/[?#@]/.test(value as string)
}

function refuse(code: ProofRule, message: string, claim?: string): never {
  throw new TokenVerificationError(code, message, claim)
}
