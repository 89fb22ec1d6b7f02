/** Runs the bundled tests as a program and writes how each ended into a file, as JSON, since tests print too. */
import { writeFileSync } from 'node:fs'
import { argv, exit } from 'node:process'
import { runTests } from './vitest-stand-in.ts'

// A module that runs at once, so that what it awaits may take its time.
await import('./the-suite.ts')
writeFileSync(argv[2] ?? '', JSON.stringify(await runTests()))
// What a test left waiting, such as a request that hangs, keeps some runtimes alive until its deadline.
exit(0)
