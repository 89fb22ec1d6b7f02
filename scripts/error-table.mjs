// @ts-check
// Keeps docs/errors.md equal to the error table in packages/core/src/error-codes.ts. --sync rewrites the page.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { errorCodes } from '../packages/core/src/error-codes.ts'
import { root } from './workspace.mjs'

const page = join(root, 'docs/errors.md')
const rows = Object.entries(errorCodes)
const types = [...new Set(rows.map(([, { type }]) => type))]

const text = [
  '# Error codes',
  '',
  'Every error of `@countersign/core` has one of these in `error.code`; `isOidcError(error, code)` narrows to its class. Codes are stable under semantic versioning. This page is generated from `packages/core/src/error-codes.ts` by `npm run docs:sync`.',
  ...types.flatMap((type) => [
    '',
    `## ${type}`,
    '',
    '| code | what happened | rule | HTTP status |',
    '|---|---|---|---|',
    ...rows
      .filter(([, details]) => details.type === type)
      .map(
        ([code, details]) =>
          `| \`${code}\` | ${details.summary} | ${details.spec} | ${'status' in details ? details.status : ''} |`,
      ),
  ]),
  '',
].join('\n')

if (process.argv.includes('--sync')) {
  writeFileSync(page, text)
  console.log(`wrote ${rows.length} codes`)
} else if (readFileSync(page, 'utf8') !== text) {
  console.error('docs/errors.md differs from packages/core/src/error-codes.ts. Run: npm run docs:sync')
  process.exitCode = 1
} else {
  console.log(`${rows.length} error codes`)
}
