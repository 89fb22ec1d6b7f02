/** The public address of a request: what is configured, and the path that this server sees. Its Host header is never read. */

/**
 * Brings an address into its normal form, without query and fragment (RFC 9449 section 4.3, RFC 3986 section 6.2.2).
 *
 * @returns Undefined for a text that is no http or https URL.
 */
export function normalAddress(address: string): string | undefined {
  // Not URL.parse, which the lowest Node 22 does not have.
  if (!URL.canParse(address)) return undefined
  const url = new URL(address)
  if (!/^https?:$/.test(url.protocol) || url.username || url.password) return undefined
  return url.origin + url.pathname.replace(/%[\da-f]{2}/gi, decodeUnreserved)
}

/**
 * The public address of a request.
 *
 * @param baseUrl - What stands in front of the path that this server sees, without a slash at its end.
 * @param url - URL or path of the request.
 * @returns Undefined for a path that is another one to a server that routes it as it came than in its normal form: a proof for
 *   the one must not open the other.
 */
export function publicAddress(baseUrl: string, url: string): string | undefined {
  if (/^[^?#]*(\\|\/(\.|%2e){1,2}([/?#]|$))/i.test(url)) return undefined
  // A path that begins with two slashes is a path here, and no host.
  const path = url.startsWith('/') ? url : URL.canParse(url) ? new URL(url).pathname : '/'
  return normalAddress(baseUrl + path)
}

/** RFC 3986 section 2.3: an escaped unreserved character is the character itself; other escapes are the same in any case. */
function decodeUnreserved(escaped: string): string {
  const character = String.fromCharCode(Number.parseInt(escaped.slice(1), 16))
  return /[\w.~-]/.test(character) ? character : escaped.toUpperCase()
}
