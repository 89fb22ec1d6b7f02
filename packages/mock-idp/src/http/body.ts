/** Bodies of requests, read within bounds: nobody fills the memory of the mock (RFC 9110 section 15.5.14). */

/** What an endpoint takes that does not say otherwise, in bytes: a form of OAuth is far smaller. */
export const mostFormBytes = 65_536

/** What pages with uploads and interfaces with documents take, in bytes. */
export const mostDocumentBytes = 4_194_304

/** The text of a body; `undefined` when it has more than `most` bytes, of which no more are read. */
export async function bodyText(request: Request, most: number): Promise<string | undefined> {
  // A server holds a body to the length that was announced, and has a shorter way to its text than the stream.
  if (request.headers.has('content-length')) {
    if (!mayFit(request, most)) return undefined
    const text = await request.text()
    return text.length > most ? undefined : text
  }
  const bytes = await bodyBytes(request, most)
  return bytes && new TextDecoder().decode(bytes)
}

/** The bytes of a body; `undefined` when there are more than `most`, of which no more are read. */
export async function bodyBytes(request: Request, most: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
  if (!mayFit(request, most)) return undefined
  const pieces: Uint8Array<ArrayBuffer>[] = []
  let size = 0
  const reader = request.body?.getReader()
  for (let piece = await reader?.read(); piece?.value; piece = await reader?.read()) {
    size += piece.value.byteLength
    if (size > most) {
      // Not cancelled: a server would end the connection in front of the answer.
      return undefined
    }
    pieces.push(piece.value)
  }
  return pieces.length === 1 ? pieces[0] : joined(pieces, size)
}

/** True unless the request announces more than that. */
export function mayFit({ headers }: Request, most: number): boolean {
  return Number(headers.get('content-length') ?? 0) <= most
}

/** The sentence of a refusal with status 413. */
export function tooLarge(most: number): string {
  return `the body has more than ${most / 1024} KiB, which is the most that is taken here`
}

function joined(pieces: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.byteLength
  }
  return bytes
}
