import type { Reporter, TestModule } from 'vitest/node'

/**
 * Ends a run with one line that counts its tests: `N passed, N failed`, with `, N skipped` when there are any; a notice, when
 * there is one, stands before it.
 */
export default class CountReporter implements Reporter {
  readonly #notice: string

  constructor({ notice }: { readonly notice: string }) {
    this.#notice = notice
  }

  onTestRunEnd(modules: readonly TestModule[]): void {
    const count = { passed: 0, failed: 0, skipped: 0, pending: 0 }
    for (const module of modules) {
      let failedTests = 0
      for (const test of module.children.allTests()) {
        const { state } = test.result()
        count[state] += 1
        if (state === 'failed') failedTests += 1
      }
      if (module.state() === 'failed' && failedTests === 0) count.failed += 1
    }
    if (this.#notice) console.log(`${this.#notice}\n`)
    const skipped = count.skipped + count.pending
    console.log(`${count.passed} passed, ${count.failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`)
  }
}
