/** The command line: what it takes, and what it says when something does not fit. */
import { parseArgs } from 'node:util'
import type { MockIdpConfig } from '../config/config.ts'
import { closestNames } from '../faults/closest-names.ts'

/** A command line that cannot be obeyed; the message says what to type instead. */
export class UsageError extends Error {}

/** What was asked for. */
export interface CliOptions {
  readonly port: number
  readonly host: string
  readonly config: string | undefined
  readonly profile: MockIdpConfig['profile']
  readonly deterministic: boolean
  readonly json: boolean
  readonly log: boolean
  readonly help: boolean
  readonly version: boolean
}

const flags = {
  port: { type: 'string', short: 'p' },
  host: { type: 'string' },
  config: { type: 'string', short: 'c' },
  profile: { type: 'string' },
  deterministic: { type: 'boolean' },
  json: { type: 'boolean' },
  log: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean', short: 'v' },
} as const

/** What `--help` prints. */
export const helpText = `Usage: mock-idp [options]

Starts a mock OpenID Provider on this machine, for development and tests.

  -p, --port <number>     port to listen on, 0 for any free one (default 4455)
      --host <host>       loopback host to listen on (default localhost)
  -c, --config <file>     JSON file, or module in JavaScript or TypeScript whose default export is the configuration
      --profile <name>    descope (default) or standard, a provider by the specifications
      --deterministic     the same ids, keys and time in each run
      --json              print the summary as one line of JSON
      --log               print a line for each request
  -h, --help              print this
  -v, --version           print the version

Exit codes: 0 stopped by a signal, 1 the mock could not start, 2 the command line or the configuration does not fit.`

/**
 * Reads the arguments after the program's name.
 *
 * @throws {UsageError} For an unknown option (with the closest one), a missing, repeated or unfit value.
 */
export function readOptions(args: readonly string[]): CliOptions {
  const { values, tokens } = parseArgs({ args: [...args], options: flags, strict: false, tokens: true })
  const seen = new Set<string>()
  for (const token of tokens) {
    if (token.kind === 'positional') {
      throw new UsageError(
        `${JSON.stringify(token.value)} is not an option. A configuration file is given by --config.`,
      )
    }
    if (token.kind !== 'option') continue
    checkOption(token.name, token.rawName, token.value)
    if (seen.has(token.name)) throw new UsageError(`--${token.name} is given more than once.`)
    seen.add(token.name)
  }
  const text = (name: keyof typeof flags): string | undefined => {
    const value = values[name]
    return typeof value === 'string' ? value : undefined
  }
  return {
    port: portOf(text('port')),
    host: text('host') ?? 'localhost',
    config: text('config'),
    profile: profileOf(text('profile')),
    deterministic: values.deterministic === true,
    json: values.json === true,
    log: values.log === true,
    help: values.help === true,
    version: values.version === true,
  }
}

function checkOption(name: string, rawName: string, value: string | undefined): void {
  if (!Object.hasOwn(flags, name)) {
    const [meant] = closestNames(name, Object.keys(flags), 1)
    throw new UsageError(`There is no option ${rawName}. Did you mean --${meant}? See mock-idp --help.`)
  }
  const { type } = flags[name as keyof typeof flags]
  if (type === 'string' && (value === undefined || value === '')) throw new UsageError(`${rawName} needs a value.`)
  if (type === 'boolean' && value !== undefined) throw new UsageError(`${rawName} takes no value.`)
}

function profileOf(text: string | undefined): MockIdpConfig['profile'] {
  if (text === undefined || text === 'descope' || text === 'standard') return text
  throw new UsageError(`--profile takes descope or standard, not ${JSON.stringify(text)}.`)
}

function portOf(text = '4455'): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (!(port <= 65_535))
    throw new UsageError(`--port takes a whole number from 0 to 65535, not ${JSON.stringify(text)}.`)
  return port
}
