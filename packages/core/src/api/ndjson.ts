/**
 * Writes rows as lines of JSON (`application/x-ndjson`), each when it is asked for, so that no answer has to fit into memory.
 *
 * @param rows - The rows, such as those of `filter.stream(...)`.
 * @returns A body for `new Response(...)`. It fails when a row fails, or can not be written, after the rows before it; that, and
 *   cancelling it, ends the iteration of the rows.
 */
export function writeNdjson(rows: AsyncIterable<object>): ReadableStream<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder()
  const iterator = rows[Symbol.asyncIterator]()
  return new ReadableStream(
    {
      async pull(controller) {
        const { done, value } = await iterator.next()
        if (done) return controller.close()
        try {
          controller.enqueue(encoder.encode(`${JSON.stringify(value)}\n`))
        } catch (error) {
          await iterator.return?.()
          throw error
        }
      },
      async cancel() {
        await iterator.return?.()
      },
    },
    { highWaterMark: 0 },
  )
}
