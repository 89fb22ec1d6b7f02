/** The live line of the console: server-sent events that say that something happened, never what. */
import type { Runtime } from '../runtime.ts'

const quietMs = 120
const heartbeatMs = 20_000

/** An answer that stays open and sends one event after each burst of requests. It ends with the connection. */
export function eventStream({ journal }: Runtime, signal: AbortSignal): Response {
  let stop = (): void => {}
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      const encoder = new TextEncoder()
      const send = (text: string): void => controller.enqueue(encoder.encode(text))
      let waiting: ReturnType<typeof setTimeout> | undefined
      const unsubscribe = journal.subscribe(() => {
        waiting ??= setTimeout(() => {
          waiting = undefined
          send('data: changed\n\n')
        }, quietMs)
      })
      const heartbeat = setInterval(() => send(': still here\n\n'), heartbeatMs)
      stop = () => {
        unsubscribe()
        clearTimeout(waiting)
        clearInterval(heartbeat)
      }
      signal.addEventListener('abort', stop, { once: true })
      send('retry: 1000\n\n')
    },
    cancel: () => stop(),
  })
  return new Response(body, { headers: { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' } })
}
