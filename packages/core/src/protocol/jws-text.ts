/**
 * Strict reading of a compact JWS before any JOSE library sees it: exactly three parts of canonical base64url, objects of
 * valid UTF-8 JSON without repeated members, bounded size (RFC 7515 sections 2 and 4, RFC 8725 section 3.11).
 * Nothing is verified here.
 */

/** A JSON object of a token. */
export type JwsObject = Readonly<Record<string, unknown>>

/** base64url without padding, and no unused bits set: one byte string has exactly one text. */
export const canonical: RegExp = /^([\w-]{4})*([\w-][AQgw]|[\w-]{2}[AEIMQUYcgkosw048])?$/

/**
 * Reads the payload of a compact JWS strictly; its signature has still to be checked.
 *
 * @param token - The text.
 * @param maxLength - Longest text accepted, in characters; checked before anything is decoded.
 * @param refuse - Called when the text breaks a rule; has to throw.
 * @param checkHeader - Called with the header before payload and signature are looked at.
 */
export function readJwsText(
  token: string,
  maxLength: number,
  refuse: () => never,
  checkHeader: (header: JwsObject) => void,
): JwsObject {
  // A limit of 4 keeps a text of thousands of dots from becoming thousands of strings.
  const [header = '', payload = '', signature, more] = token.length > maxLength ? [] : token.split('.', 4)
  checkHeader(decode(header) ?? refuse())
  return signature && canonical.test(signature) && more === undefined ? (decode(payload) ?? refuse()) : refuse()
}

function decode(part: string): JwsObject | undefined {
  try {
    if (!canonical.test(part)) return undefined
    const binary = atob(part.replaceAll('-', '+').replaceAll('_', '/'))
    const bytes = new Uint8Array(binary.length)
    for (let index = 0; index < binary.length; index += 1) bytes[index] = binary.charCodeAt(index)
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const value = JSON.parse(text)
    // JSON.parse keeps the last of repeated members, so the value written anew has fewer of them than the text.
    return text.trim().startsWith('{') && countMembers(text) === countMembers(JSON.stringify(value)) ? value : undefined
  } catch {
    return undefined
  }
}

/** Members of all objects in a JSON text, the colons outside of strings, and one. */
export function countMembers(text: string): number {
  return text.replace(/"(\\.|[^"\\])*"/g, '').split(':').length
}
