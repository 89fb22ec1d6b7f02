import { createStore, del, get, set, type UseStore, update } from 'idb-keyval'
import type { TextStorage } from '../session/kept-tokens.ts'
import type { TokenStorage } from '../session/token-storage.ts'
import { customTokenStorage } from './token-storages.ts'

/** What the database holds under the name of a text. */
interface EncryptedText {
  readonly iv: Uint8Array<ArrayBuffer>
  readonly data: ArrayBuffer
}

const keyName = 'key'

/**
 * Keeps tokens encrypted in IndexedDB, for all tabs of the origin. The key (AES-GCM, 256 bits) is in the database too,
 * but no script can read its bytes: a copy of the disk or of the storage is worth nothing in another browser.
 *
 * A script that runs in the page can still use the key, as it can use the tokens. A text that can not be decrypted, such
 * as one of a key that is gone, counts as none: the user signs in again.
 */
export function encryptedTokenStorage(): TokenStorage {
  let store: UseStore | undefined
  return customTokenStorage(
    () => {
      store ??= createStore('countersign', 'tokens')
      return encrypted(store)
    },
    { shared: true },
  )
}

function encrypted(store: UseStore): TextStorage {
  return {
    async getItem(name) {
      const found = await get<EncryptedText>(name, store)
      const key = await get<CryptoKey>(keyName, store)
      return found && key ? decrypt(key, found, name) : null
    },
    async setItem(name, text) {
      const key = (await get<CryptoKey>(keyName, store)) ?? (await createKey(store))
      const iv = crypto.getRandomValues(new Uint8Array(12))
      const data = await crypto.subtle.encrypt(parameters(iv, name), key, new TextEncoder().encode(text))
      await set(name, { iv, data } satisfies EncryptedText, store)
    },
    removeItem: (name) => del(name, store),
  }
}

/** Two tabs of a new browser agree on one key: the first one in a single transaction. */
async function createKey(store: UseStore): Promise<CryptoKey> {
  let agreed = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  await update<CryptoKey>(
    keyName,
    (existing = agreed) => {
      agreed = existing
      return existing
    },
    store,
  )
  return agreed
}

/** The name is authenticated too, so that the tokens of one client can not be put in the place of another's. */
function parameters(iv: Uint8Array<ArrayBuffer>, name: string): AesGcmParams {
  return { name: 'AES-GCM', iv, additionalData: new TextEncoder().encode(name) }
}

async function decrypt(key: CryptoKey, { iv, data }: EncryptedText, name: string): Promise<string | null> {
  try {
    return new TextDecoder().decode(await crypto.subtle.decrypt(parameters(iv, name), key, data))
  } catch {
    return null
  }
}
