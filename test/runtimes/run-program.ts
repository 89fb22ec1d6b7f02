/** Runs the bundled tests as a program and prints how each ended, as JSON after a mark, since tests may print too. */
import { exit } from 'node:process'
import { runTests } from './vitest-stand-in.ts'

// A module that runs at once, so that what it awaits may take its time.
await import('./the-suite.ts')
console.log(`results: ${JSON.stringify(await runTests())}`)
// What a test left waiting, such as a request that hangs, keeps some runtimes alive until its deadline.
exit(0)
