import type { Restorable } from './snapshot.ts'

/** Cookies of one browser at the mock. */
export interface CookieJar extends Restorable {
  /** All cookies as a `Cookie` header; empty without any. */
  readonly header: string
  /** Takes the values of `Set-Cookie` in. */
  store(cookies: readonly string[]): void
  /** Forgets all cookies. */
  clear(): void
}

/** Creates an empty jar. It knows no domains and paths: the mock is one host, and its cookies count on all of it. */
export function createCookieJar(): CookieJar {
  const cookies = new Map<string, string>()
  return {
    get header() {
      return [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
    },
    store(values) {
      for (const cookie of values) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(cookie) ?? []
        if (/;\s*max-age=0/i.test(cookie)) cookies.delete(name)
        else cookies.set(name, value)
      }
    },
    clear: () => cookies.clear(),
    save() {
      const kept = [...cookies]
      return () => {
        cookies.clear()
        for (const [name, value] of kept) cookies.set(name, value)
      }
    },
  }
}
