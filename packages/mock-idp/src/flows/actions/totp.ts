/** One-time codes by time (RFC 6238, with RFC 4226 section 5.3 for the digits). */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/**
 * The six digits of 30 seconds.
 *
 * @param seed - Secret in base32.
 * @param time - Milliseconds since the epoch.
 */
export async function currentTotp(seed: string, time: number): Promise<string> {
  const algorithm = { name: 'HMAC', hash: 'SHA-1' }
  const key = await crypto.subtle.importKey('raw', base32(seed), algorithm, false, ['sign'])
  const counter = new DataView(new ArrayBuffer(8))
  counter.setBigUint64(0, BigInt(Math.floor(time / 30_000)))
  const digest = new DataView(await crypto.subtle.sign('HMAC', key, counter.buffer))
  const offset = digest.getUint8(digest.byteLength - 1) & 15
  return String((digest.getUint32(offset) & 0x7fffffff) % 1_000_000).padStart(6, '0')
}

function base32(text: string): Uint8Array<ArrayBuffer> {
  const bits = [...text.toUpperCase()]
    .map((character) => alphabet.indexOf(character))
    .filter((value) => value !== -1)
    .map((value) => value.toString(2).padStart(5, '0'))
    .join('')
  const bytes = bits.match(/.{8}/g) ?? []
  return Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 2))
}
