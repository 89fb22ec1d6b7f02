#!/usr/bin/env node
/** `mock-idp`: the mock as a program. */
import { readFile } from 'node:fs/promises'
import { readConfigFile } from './cli/config-file.ts'
import { type CliOptions, helpText, readOptions, UsageError } from './cli/options.ts'
import { summarize, summaryText } from './cli/summary.ts'
import type { MockIdpConfig } from './config/config.ts'
import { startMockIdp } from './node.ts'
import { timelineLine } from './timeline.ts'

const print = (text: string): void => void process.stdout.write(`${text}\n`)

async function main(args: readonly string[]): Promise<void> {
  const options = readOptions(args)
  if (options.help) return print(helpText)
  const version = await readVersion()
  if (options.version) return print(version)
  const running = await startMockIdp({ ...(await configOf(options)), port: options.port, hostname: options.host })
  const summary = summarize(running)
  print(options.json ? JSON.stringify(summary) : summaryText(summary, version))
  if (options.log) {
    running.idp.log.subscribe((entry) => print(options.json ? JSON.stringify(entry) : timelineLine(entry)))
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void running.close())
}

async function configOf({ config: path, profile, deterministic }: CliOptions): Promise<MockIdpConfig> {
  const config = path === undefined ? {} : await readConfigFile(path)
  return {
    ...config,
    ...(deterministic && { deterministic: config.deterministic ?? {} }),
    ...(profile !== undefined && { profile }),
  }
}

async function readVersion(): Promise<string> {
  const manifest: { readonly version: string } = JSON.parse(
    await readFile(new URL('../package.json', import.meta.url), 'utf8'),
  )
  return manifest.version
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  const message = error instanceof Error ? error.message : String(error)
  // A TypeError of the mock names the field of the configuration and what is allowed.
  const isUsage = error instanceof UsageError || error instanceof TypeError
  const advice = error instanceof Error && message.includes('is taken by another program') ? ' --port 0 takes any.' : ''
  process.stderr.write(`mock-idp: ${message}${advice}\n`)
  process.exitCode = isUsage ? 2 : 1
}
