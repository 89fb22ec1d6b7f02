import { createStore, del, get, type UseStore, update } from 'idb-keyval'
import { ProtocolError, StorageError } from '../errors.ts'
import { checkOptions, type OptionRules, oneOf } from '../options.ts'
import { createProver, type Prover } from '../protocol/dpop.ts'
import { randomText } from '../protocol/pkce.ts'
import type { ProofOfPossession } from './key-binding.ts'

/** How tokens are bound to a key. */
export interface ProofOfPossessionOptions {
  /**
   * What happens where the browser refuses IndexedDB. `error`: logins and requests fail with `OIDC_STORAGE_UNAVAILABLE`.
   * `memory`: the key lives as long as the page, so that a reload needs another login; and the code of a login by redirect
   * is bound by PKCE alone. Default `error`.
   */
  readonly whenStorageBlocked?: 'error' | 'memory'
  /**
   * What happens when the provider answers with a Bearer token. `refuse`: `OIDC_TOKEN_TYPE_UNSUPPORTED`. `report`: the event
   * `not-bound`, and the token is used as any Bearer token. Default `refuse`.
   */
  readonly whenBearer?: 'refuse' | 'report'
}

const optionRules: OptionRules<ProofOfPossessionOptions> = {
  whenStorageBlocked: oneOf('error memory'),
  whenBearer: oneOf('refuse report'),
}

/** A key pair as the database holds it. */
interface NamedKey {
  /** Tells one key from the next without looking at them. */
  readonly id: string
  readonly keys: CryptoKeyPair
}

/**
 * Binds tokens to a key (DPoP, RFC 9449), so that a stolen token is worth nothing: every request with it needs a fresh
 * signature. For the option `dpop` of a browser client. The key (ECDSA P-256) is in IndexedDB, for all tabs of the origin,
 * and no script can read its bytes; a reload finds it again, a logout forgets it. Token requests, userinfo and
 * `client.fetch` carry proofs, with the nonce that each server wants.
 *
 * Proofs carry the time of the provider as the ID token has shown it. Before the first login there is none: where the clock
 * of the machine is wrong by minutes, the provider has to let the page read its `Date` header
 * (`Access-Control-Expose-Headers`), from which a refused proof is corrected once; otherwise it refuses the login.
 *
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @see RFC 9449 sections 5 to 10
 */
export function proofOfPossession(options: ProofOfPossessionOptions = {}): ProofOfPossession {
  checkOptions(options, optionRules, [])
  return ({ name, now, fetch, onEvent }) => {
    let store: UseStore | undefined
    let current: { id: string; prover: Prover; isKept: boolean } | undefined

    const use = async <Result>(work: (from: UseStore) => Promise<Result>): Promise<Result> => {
      store ??= createStore('countersign-dpop', 'keys')
      return work(store)
    }
    /** The key in use; other tabs may have replaced it, so the database is asked each time. */
    const prover = async () => {
      let key: NamedKey | undefined
      try {
        key = await use((from) => findOrCreateKey(from, name))
      } catch (error) {
        if (options.whenStorageBlocked !== 'memory') {
          throw new StorageError('The key of the tokens can not be kept: IndexedDB is blocked. Allow site data.', error)
        }
      }
      if (!current || (key && key.id !== current.id)) {
        const { id, keys } = key ?? (await createKey())
        current = { id, prover: createProver(keys, now, fetch), isKept: !!key }
      }
      return current
    }
    return {
      fetch: async (url, init) => (await prover()).prover.send(url, init),
      checkTokenType(tokenType) {
        if (tokenType === 'dpop') return
        if (options.whenBearer !== 'report') {
          throw new ProtocolError('OIDC_TOKEN_TYPE_UNSUPPORTED', 'Expected token_type DPoP, not Bearer.', 'token')
        }
        onEvent({ type: 'not-bound' })
      },
      async bindingParameters() {
        const { prover: of, isKept } = await prover()
        // The page that comes back has another key when this one is in memory alone.
        return isKept ? { dpop_jkt: await of.thumbprint() } : {}
      },
      guard: (kept) => ({
        shared: kept.shared,
        async read(atOnce) {
          const tokens = await kept.read(atOnce)
          // A logout that asks for the tokens forgets the key in the same moment.
          if (
            tokens?.tokenType !== 'dpop' ||
            atOnce ||
            current ||
            (await use((from) => get(name, from)).catch(() => undefined))
          ) {
            return tokens
          }
          return undefined
        },
        write: (tokens) => kept.write(tokens),
        renew: (mine, steps) => kept.renew(mine, steps),
      }),
      forget() {
        const wasKept = current?.isKept ?? true
        current = undefined
        use((from) => del(name, from)).catch((error) => {
          const message = 'The key of the tokens could not be forgotten: IndexedDB refuses. Clear the site data.'
          if (wasKept) onEvent({ type: 'storage-failed', error: new StorageError(message, error) })
        })
      },
    }
  }
}

/** Two tabs of a new browser agree on one key: the first one in a single transaction. */
async function findOrCreateKey(store: UseStore, name: string): Promise<NamedKey> {
  const found = await get<NamedKey>(name, store)
  if (found) return found
  let agreed = await createKey()
  await update<NamedKey>(
    name,
    (existing = agreed) => {
      agreed = existing
      return existing
    },
    store,
  )
  return agreed
}

async function createKey(): Promise<NamedKey> {
  const keys = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
  return { id: randomText(), keys }
}
