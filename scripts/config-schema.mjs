// @ts-check
// Keeps the JSON schema of the mock's configuration equal to what the mock checks. --sync rewrites the file.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { configSchema } from '../packages/mock-idp/src/config/config.ts'
import { root } from './workspace.mjs'

const file = join(root, 'packages/mock-idp/schema/mock-idp-config.schema.json')
const text = `${JSON.stringify(configSchema, null, 2)}\n`

if (process.argv.includes('--sync')) {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  console.log(`wrote ${text.length} characters`)
} else if (!existsSync(file) || readFileSync(file, 'utf8') !== text) {
  console.error(
    'packages/mock-idp/schema/mock-idp-config.schema.json is not what the mock checks. Run: npm run docs:sync',
  )
  process.exitCode = 1
} else {
  console.log(`${Object.keys(JSON.parse(text).properties).length} options`)
}
