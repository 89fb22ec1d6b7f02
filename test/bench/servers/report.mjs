// @ts-check
/** Tells the benchmark where a server listens, and answers what it asks later. */

/**
 * @param {string} url where the server answers
 * @param {(seconds: number) => void} [advance] moves the server's clock, where it has one
 */
export function report(url, advance) {
  process.on('message', (/** @type {{ advance?: number, collect?: boolean }} */ order) => {
    if (order.advance !== undefined) advance?.(order.advance)
    if (order.collect) globalThis.gc?.()
    process.send?.({ memory: process.memoryUsage(), cpu: process.cpuUsage() })
  })
  process.send?.({ url })
}
