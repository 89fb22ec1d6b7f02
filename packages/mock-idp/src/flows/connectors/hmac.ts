/** HMAC-SHA-256 over the base64 text of a body, as base64 (IDP-SPEC 4.5). */
export async function signBody(secret: string, body: string): Promise<string> {
  const encoder = new TextEncoder()
  const algorithm = { name: 'HMAC', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign'])
  const signed = encoder.encode(toBase64(encoder.encode(body)))
  return toBase64(new Uint8Array(await crypto.subtle.sign('HMAC', key, signed)))
}

/** Bytes as base64. */
export function toBase64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))
}
