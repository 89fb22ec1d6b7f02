// `npm run demo` starts here; `npm run demo -- --check` also drives the story in a browser, `-- --lessons` calls the API alone.
import { demoProject } from '@countersign/mock-idp'
import { describeReport } from '@countersign-example/agent'
import { showLessons } from '@countersign-example/express-api/lessons'
import { checkDemo } from './check.ts'
import { chromiumAdvice, findChromium } from './chromium.ts'
import { type Demo, startDemo } from './start-demo.ts'

const check = process.argv.includes('--check')
const unknown = process.argv.slice(2).find((argument) => argument !== '--check' && argument !== '--lessons')
if (unknown !== undefined) {
  console.error(`Unknown argument ${unknown}. There are two: --check and --lessons`)
  process.exit(2)
}
if (process.argv.includes('--lessons')) {
  await showLessons(console.log)
  process.exit()
}

const chromium = check ? findChromium() : undefined
if (check && !chromium) {
  console.error(chromiumAdvice)
  process.exit(1)
}

let demo: Demo | undefined
const stop = async (status: number) => {
  process.exitCode = status
  // Whatever hangs: Ctrl-C ends the demo.
  setTimeout(() => process.exit(), 2000).unref()
  await demo?.stop()
  process.exit()
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  let heard = false
  process.on(signal, () => {
    // A shell tells every process of the group, so the same signal may come twice.
    if (heard) return
    heard = true
    console.log('\nStopping.')
    void stop(0)
  })
}

demo = await startDemo({ isolated: check, say: console.log })
if (chromium) {
  await stop((await checkDemo(demo, chromium)) ? 0 : 1)
} else {
  await printTable(demo)
}

async function printTable({ urls, runAgent }: Demo): Promise<void> {
  const agentLines = describeReport(await runAgent())
  const { mira, noa, iva } = demoProject.users
  const rows = (lines: readonly (readonly string[])[]) =>
    lines.map(([first = '', second = '', ...rest]) => `  ${first.padEnd(20)} ${second.padEnd(16)} ${rest}`.trimEnd())
  const lines = [
    '',
    ...rows([
      ['React app', urls.react],
      ['Vue app', urls.vue],
      ['API', urls.api],
      ['Identity provider', urls.idp],
    ]),
    '',
    ...rows([
      ['Sign in as', 'with password'],
      [mira.loginId, mira.password, 'may read contacts'],
      [noa.loginId, noa.password, 'may read contacts, by a role in her tenant'],
      [iva.loginId, iva.password, 'is disabled: the provider refuses her'],
    ]),
    '',
    ...agentLines.map((line, index) => `  ${(index === 0 ? 'The agent' : '').padEnd(20)} ${line}`),
    '',
    ...[
      'Sign in to the React app, read contacts, then invoices: the page says why they are refused.',
      'Open the Vue app, or a second tab: signed in already, by a hidden frame.',
      'Sign out in one tab and look at the other.',
    ].map((line, index) => `  ${(index === 0 ? 'To try' : '').padEnd(20)} ${line}`),
    '',
    `Ready in ${(performance.now() / 1000).toFixed(1)} s. Ctrl-C stops all of it.`,
  ]
  console.log(lines.join('\n'))
}
