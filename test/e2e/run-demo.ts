import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** A demo in a process of its own. */
export interface DemoProcess {
  /** Everything it has printed, on both outputs. */
  readonly output: () => string
  /** Waits until it has printed a text. Throws when it ends first, or after the deadline. */
  waitFor(text: string, deadlineMs: number): Promise<void>
  /** Sends a signal, as Ctrl-C and service managers do. */
  signal(name: 'SIGINT' | 'SIGTERM'): void
  /** The exit status. */
  readonly ended: Promise<number | null>
}

/** Starts the demo as `npm run demo` does. */
export function runDemo(args: readonly string[], env: Readonly<Record<string, string>> = {}): DemoProcess {
  const script = fileURLToPath(new URL('../../scripts/demo.mjs', import.meta.url))
  const child = spawn(process.execPath, [script, ...args], {
    // Without the marks of the test runner, so that Vite behaves as it does for users.
    env: { PATH: process.env.PATH, HOME: process.env.HOME, CHROMIUM_PATH: process.env.CHROMIUM_PATH, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const listeners = new Set<() => void>()
  const collect = (chunk: Buffer) => {
    output += chunk
    for (const listener of listeners) listener()
  }
  child.stdout.on('data', collect)
  child.stderr.on('data', collect)
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return {
    output: () => output,
    ended,
    signal: (name) => child.kill(name),
    async waitFor(text, deadlineMs) {
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      const look = () => output.includes(text) && resolve()
      const timer = setTimeout(
        () => reject(new Error(`The demo did not print "${text}" in time:\n${output}`)),
        deadlineMs,
      )
      listeners.add(look)
      void ended.then((status) => reject(new Error(`The demo ended with ${status}:\n${output}`)))
      look()
      await promise.finally(() => {
        clearTimeout(timer)
        listeners.delete(look)
      })
    },
  }
}
