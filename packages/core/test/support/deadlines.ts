import { onTestFinished, vi } from 'vitest'

/** Deadlines of requests, which pass when a test says so and not when the machine is slow. */
export interface HeldDeadlines {
  /** Ends every request that is under way, as its deadline would. */
  pass(): void
}

/** Holds the deadlines of this test. */
export function holdDeadlines(): HeldDeadlines {
  let held: AbortController[] = []
  const timeout = vi.spyOn(AbortSignal, 'timeout').mockImplementation(() => {
    const deadline = new AbortController()
    held.push(deadline)
    return deadline.signal
  })
  onTestFinished(() => timeout.mockRestore())
  return {
    pass() {
      for (const deadline of held) deadline.abort(new DOMException('The operation timed out.', 'TimeoutError'))
      held = []
    },
  }
}
