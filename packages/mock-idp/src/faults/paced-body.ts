/** Bodies that come slowly, end too early or are made while they are read. None is held in memory as a whole. */
import type { AnswerDraft } from './answer-draft.ts'
import { DroppedConnection } from './dropped-connection.ts'
import { waitFor } from './hang.ts'

type Bytes = Uint8Array<ArrayBuffer>
type Body = AnswerDraft['body']

/** A body in small chunks with a wait of real time before each one. */
export function slowBody(body: Body, options: { chunkBytes: number; chunkDelayMs: number }): Body {
  if (body instanceof ReadableStream) return body
  const bytes = bytesOf(body)
  let at = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  return new ReadableStream<Bytes>({
    pull: (controller) =>
      new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          controller.enqueue(bytes.slice(at, at + options.chunkBytes))
          at += options.chunkBytes
          if (at >= bytes.length) controller.close()
          resolve()
        }, options.chunkDelayMs)
      }),
    cancel: () => clearTimeout(timer),
  })
}

/** A body that is followed by spaces, which JSON allows, up to a number of bytes. */
export function hugeBody(body: Body, sizeBytes: number): Body {
  if (body instanceof ReadableStream) return body
  const bytes = bytesOf(body)
  const filler = new Uint8Array(65_536).fill(0x20)
  let left = sizeBytes - bytes.length
  return new ReadableStream<Bytes>({
    start: (controller) => controller.enqueue(bytes),
    pull(controller) {
      if (left <= 0) return controller.close()
      controller.enqueue(filler.slice(0, Math.min(left, filler.length)))
      left -= filler.length
    },
  })
}

/** Half of a body, and no end until the caller of the request or the reader gives up. */
export function stalledBody(body: Body, request: Request): Body {
  if (body instanceof ReadableStream) return body
  const bytes = bytesOf(body)
  return new ReadableStream<Bytes>({
    start(controller) {
      controller.enqueue(bytes.slice(0, Math.ceil(bytes.length / 2)))
      waitFor(request).catch((reason) => controller.error(reason))
    },
  })
}

/** Half of a body, then the connection is gone. */
export function brokenBody(body: Body): Body {
  if (body instanceof ReadableStream) return body
  const bytes = bytesOf(body)
  let timer: ReturnType<typeof setTimeout> | undefined
  return new ReadableStream<Bytes>({
    start(controller) {
      controller.enqueue(bytes.slice(0, Math.ceil(bytes.length / 2)))
      // A server that waits for more before it sends the headers must have sent them.
      timer = setTimeout(() => controller.error(new DroppedConnection()), 50)
    },
    cancel: () => clearTimeout(timer),
  })
}

/** The bytes of a body that is known as a whole. */
export function bytesOf(body: string | Bytes): Bytes {
  return typeof body === 'string' ? new TextEncoder().encode(body) : body
}
