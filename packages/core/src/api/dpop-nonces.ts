/** Nonces for proofs of possession at an API (RFC 9449 section 9), without memory: every process with the secret knows them. */
import { type Clock, systemClock } from '../clock.ts'
import { ConfigurationError } from '../errors.ts'
import { checkOptions } from '../options.ts'
import { encodeBase64Url } from './encode-base64url.ts'

/** Gives out nonces and recognises them. */
export interface DpopNonces {
  /** The nonce that clients have to use next. */
  current(): Promise<string>
  /** Whether a nonce was given out here, and not too long ago. */
  accepts(nonce: string): Promise<boolean>
}

/** Options of {@link createDpopNonces}. */
export interface DpopNoncesOptions {
  /**
   * Secrets of at least 32 characters that all processes of the API share. Nonces are made with the first; those made with
   * another one are accepted, so that a secret can be replaced without refusals.
   */
  readonly secrets: readonly string[]
  /** How long a nonce is given out, in seconds, 10 to 3600. It is accepted for the same time once more. Default 300. */
  readonly lifetimeSeconds?: number
  /** Where the time comes from. Default: the clock of the machine. */
  readonly clock?: Clock
}

/**
 * Creates nonces: the number of a span of time, and a code over it (HMAC-SHA-256) that nobody without the secret can make.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 */
export function createDpopNonces(options: DpopNoncesOptions): DpopNonces {
  checkOptions(
    options,
    {
      secrets: 'object',
      lifetimeSeconds: [10, 3600],
      clock: 'object',
    },
    ['secrets'],
  )
  const { secrets, lifetimeSeconds = 300, clock = systemClock } = options
  // Apart from the other options, whose errors show what was given.
  if (!areSecrets(secrets)) {
    throw new ConfigurationError('OIDC_OPTION_INVALID', '"secrets" must be a list of texts of at least 32 characters.')
  }
  const keys = secrets.map((secret) => importSecret(secret))
  const codeOf = async (key: Promise<CryptoKey>, span: number): Promise<string> => {
    const text = new TextEncoder().encode(`dpop-nonce ${lifetimeSeconds} ${span}`)
    return encodeBase64Url(new Uint8Array(await crypto.subtle.sign('HMAC', await key, text)).subarray(0, 24))
  }
  let known: { readonly span: number; readonly good: Promise<readonly string[]> } | undefined
  /** The nonces that are good now, the one to give out first: few, and the same for everybody until the next span begins. */
  const goodNonces = (): Promise<readonly string[]> => {
    const span = Math.floor(clock.now() / (1000 * lifetimeSeconds))
    if (known?.span !== span) {
      known = { span, good: Promise.all(keys.flatMap((key) => [codeOf(key, span), codeOf(key, span - 1)])) }
    }
    return known.good
  }
  return {
    async current() {
      const [nonce = ''] = await goodNonces()
      return nonce
    },
    // Since everybody is told the same nonces, how long comparing them takes gives nothing away.
    accepts: async (nonce) => (await goodNonces()).includes(nonce),
  }
}

function importSecret(secret: string): Promise<CryptoKey> {
  const bytes = new TextEncoder().encode(secret)
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
}

function areSecrets(value: unknown): boolean {
  return (
    Array.isArray(value) && value.length > 0 && value.every((text) => typeof text === 'string' && text.length >= 32)
  )
}
