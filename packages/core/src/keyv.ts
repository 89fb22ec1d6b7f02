/** Redis behind Keyv as the store that processes share. */
import { ConfigurationError, NetworkError } from './errors.ts'
import { checkOptions } from './options.ts'
import type { SharedStore } from './shared-store.ts'

/** A Keyv whose adapter is `@keyv/redis`, such as `createKeyv('redis://...')` of that package makes. */
export interface RedisKeyv {
  /** The adapter. */
  readonly store: unknown
}

/** Options of {@link createKeyvStore}. */
export interface KeyvStoreOptions {
  /** Deadline of one operation, in milliseconds, 10 to 60000. Default 1000. */
  readonly timeoutMs?: number
  /** Most operations that wait at one time, 1 to 100000; further ones fail at once. Default 1000. */
  readonly maxPending?: number
}

/** What is used of the client of `@keyv/redis`. */
interface RedisClient {
  get(key: string): Promise<unknown>
  set(
    key: string,
    value: string,
    options: { readonly expiration: { readonly type: 'PX'; readonly value: number }; readonly condition?: 'NX' },
  ): Promise<unknown>
  del(key: string): Promise<unknown>
  withCommandOptions?(options: { readonly abortSignal: AbortSignal }): RedisClient
}

/** What is used of the adapter `@keyv/redis`. */
interface RedisAdapter {
  readonly namespace?: string | undefined
  getClient(): Promise<RedisClient>
  createKeyPrefix(key: string, namespace?: string): string
}

/**
 * Makes a store for several processes from a Keyv on Redis.
 *
 * Keyv has no operation that sets a key only when it is absent, and answers `undefined` when Redis is down. So every
 * operation goes to the Redis client behind it, under the keys that Keyv would use: `add` is one command, `SET` with `NX` and
 * `PX`, of which Redis lets one caller succeed; a failure or a missed deadline is an error. What was set is as durable as the
 * Redis is: after a failover that loses writes, a proof that was used in the moment before could be used again.
 *
 * @param keyv - A Keyv on `@keyv/redis`, with a namespace of its own; a Keyv on anything else is refused.
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID`.
 * @see https://redis.io/docs/latest/commands/set
 * @example source: examples/snippets/shared-store.ts
 */
export function createKeyvStore(keyv: RedisKeyv, options: KeyvStoreOptions = {}): SharedStore {
  checkOptions(options, { timeoutMs: [10, 60_000], maxPending: [1, 100_000] }, [])
  const { timeoutMs = 1000, maxPending = 1000 } = options
  const adapter: unknown = keyv?.store
  if (!isRedisAdapter(adapter)) {
    throw new ConfigurationError(
      'OIDC_OPTION_INVALID',
      'Expected a Keyv on @keyv/redis: other adapters can not set a key and say who was first in one step.',
    )
  }
  let pending = 0
  let opening: Promise<RedisClient> | undefined

  /** The client, once it is connected: a client of a cluster takes no command before it knows the masters. */
  const open = (): Promise<RedisClient> => {
    opening ??= adapter.getClient().finally(() => {
      opening = undefined
    })
    return opening
  }
  /** Runs one command. What misses the deadline before it was sent is taken back, so that an outage piles nothing up. */
  const run = async (
    key: string,
    command: (client: RedisClient, key: string) => Promise<unknown>,
  ): Promise<unknown> => {
    if (pending >= maxPending) throw unavailable(`${maxPending} operations wait for Redis already.`)
    pending += 1
    const deadline = new AbortController()
    const timer = setTimeout(() => deadline.abort(), timeoutMs)
    try {
      return await Promise.race([
        open().then((client) => {
          const bounded = client.withCommandOptions?.({ abortSignal: deadline.signal }) ?? client
          return command(bounded, adapter.createKeyPrefix(key, adapter.namespace))
        }),
        new Promise<never>((_, reject) => {
          deadline.signal.addEventListener('abort', reject)
        }),
      ])
    } catch {
      // What a client throws may hold the address of Redis, and with it a password.
      throw unavailable(`Redis did not answer within ${timeoutMs} ms, or refused.`)
    } finally {
      clearTimeout(timer)
      pending -= 1
    }
  }
  const expiring = (ttlMs: number) => ({ expiration: { type: 'PX', value: Math.max(1, Math.ceil(ttlMs)) } }) as const
  return {
    async get(name) {
      const value = await run(name, (client, key) => client.get(key))
      return typeof value === 'string' ? value : undefined
    },
    async set(name, value, ttlMs) {
      await run(name, (client, key) => client.set(key, value, expiring(ttlMs)))
    },
    async add(name, value, ttlMs) {
      return (
        (await run(name, (client, key) => client.set(key, value, { ...expiring(ttlMs), condition: 'NX' }))) === 'OK'
      )
    },
    async delete(name) {
      await run(name, (client, key) => client.del(key))
    },
  }
}

function isRedisAdapter(adapter: unknown): adapter is RedisAdapter {
  const { getClient, createKeyPrefix } = (adapter ?? {}) as Partial<RedisAdapter>
  return typeof getClient === 'function' && typeof createKeyPrefix === 'function'
}

function unavailable(reason: string): NetworkError {
  return new NetworkError('OIDC_STORE_UNAVAILABLE', `The shared store does not answer. ${reason}`, 'api')
}
