/** Addresses of those who ask, as the connection has them; no header is believed. */

const peers = new WeakMap<Request, string>()

/** Says where a request comes from. */
export function setPeer(request: Request, address: string): void {
  peers.set(request, address)
}

/** Where a request comes from; `in process` without a connection. */
export function peerOf(request: Request): string {
  return peers.get(request) ?? 'in process'
}
