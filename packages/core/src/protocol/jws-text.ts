/**
 * Strict reading of a compact JWS before any JOSE library sees it: exactly three parts of canonical base64url, objects of
 * valid UTF-8 JSON without repeated members, bounded size (RFC 7515 sections 2 and 4, RFC 8725 section 3.11).
 * Nothing is verified here.
 */

/** Header and payload of a JWS whose signature has not been checked yet. */
export interface UnverifiedJws {
  readonly header: Readonly<Record<string, unknown>>
  readonly payload: Readonly<Record<string, unknown>>
}

/** Which part of the text broke a rule. */
export type JwsTextDefect = 'size' | 'parts' | 'header' | 'payload' | 'signature'

/**
 * Reads a compact JWS strictly.
 *
 * @param token - The text.
 * @param maxLength - Longest text accepted, in characters; checked before anything is decoded.
 * @param fail - Called with the defect; has to throw.
 * @param checkHeader - Called with the header before payload and signature are looked at.
 */
export function readJwsText(
  token: string,
  maxLength: number,
  fail: (defect: JwsTextDefect) => never,
  checkHeader: (header: Readonly<Record<string, unknown>>) => void,
): UnverifiedJws {
  if (token.length > maxLength) fail('size')
  // A limit of 4 keeps a text of thousands of dots from becoming thousands of strings.
  const [encodedHeader = '', encodedPayload = '', signature = '', more] = token.split('.', 4)
  if (more !== undefined || !encodedHeader) fail('parts')
  const header = decodeObject(encodedHeader) ?? fail('header')
  checkHeader(header)
  const payload = decodeObject(encodedPayload) ?? fail('payload')
  if (!signature || !isCanonical(signature)) fail('signature')
  return { header, payload }
}

function decodeObject(part: string): Record<string, unknown> | undefined {
  try {
    if (!isCanonical(part)) return undefined
    const bytes = Uint8Array.from(toBinary(part), (character) => character.charCodeAt(0))
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value && !Array.isArray(value) && countMembers(value) === countNames(text)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** base64url without padding, and no unused bits set: one byte string has exactly one text. */
function isCanonical(part: string): boolean {
  try {
    return /^[\w-]*$/.test(part) && btoa(toBinary(part)).replace(/=+$/, '') === toBase64(part)
  } catch {
    return false
  }
}

function toBinary(part: string): string {
  return atob(toBase64(part))
}

function toBase64(part: string): string {
  return part.replaceAll('-', '+').replaceAll('_', '/')
}

/** Member names in the text. JSON.parse keeps the last of repeated members, so a difference to {@link countMembers} shows them. */
function countNames(text: string): number {
  let count = 0
  for (const [, colon] of text.matchAll(/"(?:[^"\\]|\\.)*"\s*(:)?/g)) if (colon) count += 1
  return count
}

function countMembers(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  const members = Object.values(value)
  return members.reduce<number>(
    (count, member) => count + countMembers(member),
    Array.isArray(value) ? 0 : members.length,
  )
}
