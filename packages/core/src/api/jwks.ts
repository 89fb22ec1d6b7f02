/**
 * The published keys of one provider: loaded with the first token, kept, and loaded again when they are old or a token does
 * not fit them. However many tokens come, at most two loads start within ten seconds.
 */
import type { Clock } from '../clock.ts'
import { isOidcError, type OidcError, TokenVerificationError } from '../errors.ts'
import { endOnTime } from '../protocol/end-on-time.ts'
import type { TransportOptions } from '../protocol/transport.ts'
import { findKeySet, type LoadedKeys, loadKeySet, unavailable } from './key-set-load.ts'
import type { PublishedKey } from './published-key.ts'
import type { SignatureCheck, Signatures } from './signatures.ts'
import type { VerifierEventListener } from './verifier-events.ts'

/** Where the keys are, and how they are kept. */
export interface JwksSettings {
  readonly issuer: string
  /** Default: the `jwks_uri` of the discovery document. */
  readonly jwksUri: string | undefined
  readonly transport: TransportOptions
  /** How long keys serve on, past their age, while new ones can not be loaded. */
  readonly maxStaleSeconds: number
  readonly clock: Clock
  readonly signatures: Signatures
}

/** A token in front of its signature check: the parts that were read strictly. */
export interface SignedToken {
  readonly algorithm: string
  readonly kid: string | undefined
  /** Header and payload as they stand in the token, with the dot between them. */
  readonly input: string
  readonly signature: Uint8Array<ArrayBuffer>
}

/** The keys of one provider. */
export interface Jwks {
  /** Whether there are keys that are not too old. */
  isFresh(): boolean
  /**
   * Sees to it that the keys are not too old.
   *
   * @returns Undefined when they are not, which is nearly always.
   * @throws {NetworkError} `OIDC_KEYS_UNAVAILABLE`.
   */
  refresh(onEvent: VerifierEventListener | undefined): undefined | Promise<void>
  /**
   * Verifies the signature of a token.
   *
   * @returns The key that did; without a promise where nothing has to be waited for.
   * @throws {TokenVerificationError} `OIDC_TOKEN_SIGNATURE_INVALID`, `OIDC_TOKEN_KEY_NOT_FOUND`.
   * @throws {NetworkError} `OIDC_KEYS_UNAVAILABLE`.
   */
  verify(token: SignedToken, onEvent: VerifierEventListener | undefined): PublishedKey | Promise<PublishedKey>
}

/** A key with its check for one algorithm. */
interface UsableKey {
  readonly algorithm: string
  readonly key: PublishedKey
  readonly check: SignatureCheck
}

interface HeldKeys extends LoadedKeys {
  readonly loadedAt: number
  /** What was found last for a kid, or for none; as many as there are keys, since an unknown kid leaves nothing here. */
  readonly found: Map<string | undefined, UsableKey>
}

const windowMs = 10_000
const loadsPerWindow = 2
/** How many tokens with an unknown `kid` may wait for the next load that is allowed. */
const maxWaiting = 256

/** Creates an empty key set. Loads nothing yet. */
export function createJwks(settings: JwksSettings): Jwks {
  const { issuer, jwksUri, clock, signatures } = settings
  const transport = endOnTime(settings.transport)
  let address: string | undefined
  let held: HeldKeys | undefined
  /** Whether the last load failed. */
  let failing = false
  /** When the loads of the last ten seconds began. */
  let loads: readonly number[] = []
  let started = 0
  let flight: Promise<void> | undefined
  let slot: Promise<void> | undefined
  let waiting = 0

  const msToNextLoad = (): number => {
    const now = clock.now()
    loads = loads.filter((start) => Math.abs(now - start) < windowMs)
    const [first] = loads
    return loads.length < loadsPerWindow || first === undefined ? 0 : Math.min(first + windowMs - now, windowMs)
  }
  const retryAfterSeconds = (): number => Math.max(1, Math.ceil(msToNextLoad() / 1000))

  const loadOnce = async (): Promise<LoadedKeys> => {
    loads = [...loads, clock.now()]
    started += 1
    address ??= jwksUri ?? (await findKeySet(issuer, transport))
    return loadKeySet(address, transport, signatures)
  }
  const load = async (onEvent: VerifierEventListener | undefined): Promise<void> => {
    const start = performance.now()
    try {
      // One more try at once, but not after a timeout: the caller has waited long enough.
      const loaded = await loadOnce().catch((error) => {
        const again = isOidcError(error) && error.retryable && error.code !== 'OIDC_TIMEOUT' && msToNextLoad() === 0
        if (again) return loadOnce()
        throw error
      })
      held = { ...loaded, keys: replaceKeys(held?.keys ?? [], loaded.keys), loadedAt: clock.now(), found: new Map() }
      failing = false
      const { keys, skipped } = loaded
      onEvent?.({ kind: 'key-fetch', issuer, durationMs: performance.now() - start, keys: keys.length, skipped })
    } catch (error) {
      failing = true
      address = undefined
      const code = isOidcError(error) ? error.code : 'OIDC_KEYS_UNAVAILABLE'
      onEvent?.({ kind: 'key-fetch', issuer, durationMs: performance.now() - start, code })
      if (held) onEvent?.({ kind: 'stale', issuer, ageSeconds: Math.round((clock.now() - held.loadedAt) / 1000) })
      const retryAfter = retryAfterSeconds()
      if (isOidcError(error, 'OIDC_KEYS_UNAVAILABLE')) throw Object.assign(error, { retryAfterSeconds: retryAfter })
      unavailable(
        isOidcError(error) ? `${error.message} (${causeOf(error)})` : 'The answer is not a key set.',
        retryAfter,
      )
    }
  }
  const reload = (onEvent: VerifierEventListener | undefined): Promise<void> => {
    flight ??= load(onEvent).finally(() => {
      flight = undefined
    })
    return flight
  }
  const canReload = (): boolean => flight !== undefined || msToNextLoad() === 0

  const refresh = (onEvent: VerifierEventListener | undefined): undefined | Promise<void> => {
    if (!held) return canReload() ? reload(onEvent) : tooEarly()
    // A clock that was set back makes keys old, not young for ever.
    const age = Math.abs(clock.now() - held.loadedAt)
    if (age <= held.maxAgeMs) return undefined
    const tooOld = age > held.maxAgeMs + 1000 * settings.maxStaleSeconds
    if (!canReload()) return tooOld ? tooEarly() : undefined
    const renewed = reload(onEvent)
    if (tooOld) return renewed
    // Somewhat old keys serve while they are renewed; very old ones do so only where the last try has failed.
    const settled = renewed.catch(() => undefined)
    return age > 2 * held.maxAgeMs && !failing ? settled : undefined
  }
  const tooEarly = async (): Promise<never> =>
    unavailable('They were asked for a moment ago; the next try has to wait.', retryAfterSeconds())

  /** A load for a token that no key fits: now, or when the next one is allowed. */
  const reloadForUnknown = (onEvent: VerifierEventListener | undefined): Promise<void> => {
    if (canReload()) return reload(onEvent)
    if (failing || waiting >= maxWaiting) return tooEarly()
    waiting += 1
    slot ??= delay(msToNextLoad())
      .then(() => (canReload() ? reload(onEvent) : tooEarly()))
      .finally(() => {
        slot = undefined
        waiting = 0
      })
    return slot
  }

  const findKey = async ({ algorithm, kid }: SignedToken): Promise<UsableKey | undefined> => {
    const { keys = [], found } = held ?? {}
    const fitting = keys.filter((key) => key.algorithms.includes(algorithm) && (kid === undefined || key.kid === kid))
    const checks = await Promise.all(
      fitting.map(async (key) => ({ algorithm, key, check: await key.check(algorithm) })),
    )
    const [one, second] = checks.filter((usable): usable is UsableKey => usable.check !== undefined)
    if (!one || second) return undefined
    found?.set(kid, one)
    return one
  }
  const verifyPatiently = async (
    token: SignedToken,
    onEvent: VerifierEventListener | undefined,
  ): Promise<PublishedKey> => {
    const before = started
    await refresh(onEvent)
    let found = await findKey(token)
    // A kid is unknown only when a load that began after the token had come does not know it.
    while (!found && started === before) {
      await reloadForUnknown(onEvent)
      found = await findKey(token)
    }
    if (!found) throw keyNotFound(token.kid, held?.keys ?? [])
    if (await found.check(token.input, token.signature)) return found.key
    return lookAgain(token, found.key, before, onEvent)
  }
  /** For a token whose signature has failed. */
  const lookAgain = async (
    token: SignedToken,
    failed: PublishedKey,
    before: number,
    onEvent: VerifierEventListener | undefined,
  ): Promise<PublishedKey> => {
    // The provider may have put another key under the same kid since.
    if (started === before && canReload()) {
      await reload(onEvent).catch(() => undefined)
      const now = await findKey(token)
      if (now && now.key !== failed && (await now.check(token.input, token.signature))) return now.key
    }
    throw new TokenVerificationError('OIDC_TOKEN_SIGNATURE_INVALID', 'The signature does not verify.')
  }

  const isFresh = (): boolean => held !== undefined && Math.abs(clock.now() - held.loadedAt) <= held.maxAgeMs
  return {
    isFresh,
    refresh,
    verify(token, onEvent) {
      // Nearly always: fresh keys, a key that was found before, and an answer at once.
      const known = held?.found.get(token.kid)
      if (known?.algorithm !== token.algorithm || !isFresh()) return verifyPatiently(token, onEvent)
      const { key, check } = known
      const before = started
      const valid = check(token.input, token.signature)
      if (valid === true) return key
      return Promise.resolve(valid).then((holds) => (holds ? key : lookAgain(token, key, before, onEvent)))
    },
  }
}

/** The keys of a new set; what has not changed stays the same object, and what is missing is published no longer. */
function replaceKeys(before: readonly PublishedKey[], loaded: readonly PublishedKey[]): readonly PublishedKey[] {
  const known = new Map(before.map((key) => [key.fingerprint, key]))
  const keys = new Map(loaded.map((key) => [key.fingerprint, known.get(key.fingerprint) ?? key]))
  for (const key of before) if (!keys.has(key.fingerprint)) key.published = false
  return [...keys.values()]
}

/** For the log. Nobody has signed for the kid of a token, so it is quoted and cut. */
function keyNotFound(kid: string | undefined, keys: readonly PublishedKey[]): TokenVerificationError {
  const wanted = kid === undefined ? 'without kid' : `with kid ${JSON.stringify(kid.slice(0, 100))}`
  const keyIds = keys.slice(0, 10).flatMap((key) => key.kid?.slice(0, 100) ?? [])
  const message = `No single usable key of the provider fits the token ${wanted}.`
  return new TokenVerificationError('OIDC_TOKEN_KEY_NOT_FOUND', message, 'kid', { keyIds })
}

/** Why a load failed: our code, and that of the network, such as ECONNREFUSED, which Node keeps two causes deep. */
function causeOf({ code, cause }: OidcError): string {
  const network = ((cause as Error | undefined)?.cause as { code?: unknown } | undefined)?.code
  return typeof network === 'string' ? `${code}, ${network}` : code
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
