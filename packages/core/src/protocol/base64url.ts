/** base64url without padding (RFC 4648 section 5), as JOSE and PKCE write bytes. */

/** Writes bytes as base64url text. */
export function encodeBase64Url(bytes: ArrayBuffer | Uint8Array): string {
  const binary = String.fromCharCode(...new Uint8Array(bytes))
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/**
 * Reads base64url text. Whether the text is in its one canonical form is for the caller to check.
 *
 * @throws {DOMException} `InvalidCharacterError` for text that is no base64url at all.
 */
export function decodeBase64Url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (character) => character.charCodeAt(0))
}
