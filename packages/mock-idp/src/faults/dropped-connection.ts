/** The connection ended without an answer, as `fetch` tells it: a network fault, not an HTTP one. */
export class DroppedConnection extends TypeError {
  constructor() {
    super('fetch failed: the connection was dropped (a fault of the mock)')
    this.name = 'TypeError'
  }
}
