import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { demoProject } from '@countersign/mock-idp'
import { afterAll, afterEach, describe, expect, it } from 'vitest'

const cli = join(import.meta.dirname, '../src/cli.ts')
const folder = mkdtempSync(join(tmpdir(), 'mock-idp-cli-'))
const running = new Set<ChildProcess>()
afterEach(() => {
  for (const child of running) child.kill('SIGKILL')
  running.clear()
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

interface Program {
  /** Lines of standard output, as they come. */
  nextLine(): Promise<string>
  signal(name: NodeJS.Signals): void
  /** Exit code and everything that was printed. */
  readonly ended: Promise<{ readonly code: number | null; readonly output: string; readonly errors: string }>
}

function start(...args: string[]): Program {
  const child = spawn(process.execPath, ['--conditions=@countersign/source', cli, ...args], { cwd: folder })
  running.add(child)
  let [output, errors, read] = ['', '', 0]
  let wake = (): void => {}
  child.stdout.on('data', (chunk) => {
    output += chunk
    wake()
  })
  child.stderr.on('data', (chunk) => {
    errors += chunk
  })
  return {
    async nextLine() {
      for (;;) {
        const end = output.indexOf('\n', read)
        if (end !== -1) {
          const line = output.slice(read, end)
          read = end + 1
          return line
        }
        await new Promise<void>((resolve) => {
          wake = resolve
        })
      }
    },
    signal: (name) => void child.kill(name),
    ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, output, errors }))),
  }
}

/** Starts a mock on a free port and reads its summary. */
async function startJson(...args: string[]) {
  const program = start('--port', '0', '--json', ...args)
  return { program, summary: JSON.parse(await program.nextLine()) }
}

function writeConfig(name: string, text: string): string {
  writeFileSync(join(folder, name), text)
  return name
}

describe('mock-idp', { timeout: 30_000 }, () => {
  it.each(['SIGINT', 'SIGTERM'] as const)('serves until %s, and then ends with 0', async (signal) => {
    const { program, summary } = await startJson()
    const metadata = await (await fetch(summary.discoveryUrl)).json()
    expect(metadata.issuer).toBe(summary.issuer)
    program.signal(signal)
    expect(await program.ended).toMatchObject({ code: 0, errors: '' })
  })

  it('prints what a developer needs to sign in', async () => {
    const program = start('--port', '0')
    let text = ''
    while (!text.includes('Ctrl+C')) text += `${await program.nextLine()}\n`
    const { users, spa, agent } = demoProject
    for (const part of [users.mira.loginId, users.mira.password, spa.clientId, agent.clientSecret, '/mock/v1']) {
      expect(text).toContain(part)
    }
    expect(text).toMatch(/Start page +http:\/\/localhost:\d+\/\n/)
    expect(text).toContain('Iva Lost (disabled)')
  })

  it('names applications and users in its JSON summary', async () => {
    const { summary } = await startJson('--host', '127.0.0.1')
    expect(summary.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
    expect([summary.control, summary.console]).toEqual([`${summary.url}/mock/v1`, `${summary.url}/mock/console`])
    expect(summary.apps.map(({ name }: { name: string }) => name)).toEqual([
      'default',
      'Demo',
      'Demo Agent',
      'Demo Partner',
    ])
    expect(summary.users).toContainEqual(expect.objectContaining({ loginId: 'mira@acme.example', status: 'active' }))
  })

  it('prints a line for each request with --log', async () => {
    const { program, summary } = await startJson('--log')
    await fetch(`${summary.url}/oauth2/v1/token`, { method: 'POST' })
    expect(JSON.parse(await program.nextLine())).toMatchObject({ path: '/oauth2/v1/token', status: 415 })
  })

  it('gives the same ids in each run with --deterministic', async () => {
    const ids = await Promise.all(
      [1, 2].map(async () => {
        const { summary } = await startJson('--deterministic')
        const { keys } = await (await fetch(`${summary.url}/${demoProject.projectId}/.well-known/jwks.json`)).json()
        return keys
      }),
    )
    expect(ids[0]).toEqual(ids[1])
  })

  it.each([
    ['config.json', '{ "$schema": "any", "users": [{ "loginIds": ["ann@acme.example"] }] }'],
    ['config.mjs', 'export default { users: [{ loginIds: ["ann@acme.example"] }] }'],
    ['config.ts', 'const loginIds: string[] = ["ann@acme.example"]\nexport default { users: [{ loginIds }] }'],
  ])('reads %s', async (name, text) => {
    const { summary } = await startJson('--config', writeConfig(name, text))
    expect(summary.users).toEqual([{ loginId: 'ann@acme.example', status: 'active' }])
  })

  it('says that a port is taken, and ends with 1', async () => {
    const { summary } = await startJson()
    const { code, errors } = await start('--port', new URL(summary.url).port).ended
    expect([code, errors]).toEqual([
      1,
      expect.stringMatching(/the port \d+ on localhost is taken .* --port 0 takes any/),
    ])
  })

  it.each([
    ['--help', /Usage: mock-idp/],
    ['-v', /^\d+\.\d+\.\d+\n$/],
  ])('answers %s and ends with 0', async (flag, text) => {
    const { code, output } = await start(flag).ended
    expect([code, output]).toEqual([0, expect.stringMatching(text)])
  })

  it.each([
    [['--prot', '1'], 'There is no option --prot. Did you mean --port? See mock-idp --help.'],
    [['--port', '70000'], '--port takes a whole number from 0 to 65535, not "70000".'],
    [['--port', '1', '--port', '2'], '--port is given more than once.'],
    [['--config'], '--config needs a value.'],
    [['--json=yes'], '--json takes no value.'],
    [['demo.json'], '"demo.json" is not an option. A configuration file is given by --config.'],
    [['--host', '0.0.0.0'], 'expected a loopback host'],
    [['--config', 'absent.json'], 'There is no file absent.json.'],
    [['--config', 'idp.yaml'], '--config takes a .json, .js, .mjs, .ts or .mts file, not idp.yaml.'],
    [['--config', writeConfig('broken.json', '{')], 'broken.json is not JSON: '],
    [['--config', writeConfig('list.json', '[]')], 'list.json must hold an object: the configuration.'],
    [['--config', writeConfig('none.mjs', 'export const a = 1')], 'none.mjs must export an object as default'],
    [['--config', writeConfig('throws.mjs', 'throw new Error("no luck")')], 'throws.mjs could not be loaded: no luck'],
    [['--config', writeConfig('typo.json', '{ "user": [] }')], 'config.user is not an option'],
  ])('ends %j with 2 and says what to do', async (args, message) => {
    const { code, errors } = await start(...args).ended
    expect([code, errors]).toEqual([2, expect.stringMatching(/^mock-idp: .+\n$/)])
    expect(errors).toContain(message)
  })
})
