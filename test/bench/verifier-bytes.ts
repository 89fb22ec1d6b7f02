/** What the bytes of an access-token verifier are for: each step of a verification, and what a bundle loses with it. */
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, transform } from 'esbuild'
import { formatTable } from './table.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Which modules of core do a step; the first pattern that fits a module counts. */
const steps: readonly (readonly [step: string, modules: RegExp])[] = [
  ['read the request', /^api\/(authenticate|bearer)$/],
  ['read the token: text, header, JSON', /^(api\/(access-token-text|strict-json)|protocol\/jws-text)$/],
  ['judge header and claims', /^api\/access-token-checks$/],
  ['load metadata and keys over HTTP', /^protocol\/(transport|discovery|end-on-time)$/],
  ['keep keys: when to load, whom to let wait', /^api\/(jwks|key-set-load|shared-jwks)$/],
  ['judge a key', /^api\/published-key$/],
  ['check the signature, on Node', /^api\/node-signatures$/],
  ['check the signature, elsewhere', /^api\/(web-signatures|encode-base64url|signatures)$/],
  ['remember verdicts', /^api\/(verdict-cache|verify-jwt)$/],
  ['ask about revocation', /^api\/revocation-list$/],
  ['read the rule for every token', /^access\/parse-rule$/],
  ['decide and explain access rules', /^(access\/|tokens$|api\/(verified-access-token|principal)$)/],
  ['demand another login', /^api\/step-up$/],
  ['tell what happens', /^api\/(diagnostics|observed-call)$/],
  ['check options, put the parts together', /^(options|clock|api\/(signature-algorithms|access-token-verifier))$/],
  ['errors', /^errors$/],
  // A new module stands here until it has a step.
  ['anything else', /./],
]

/** Prints the table; writes nothing. */
export async function printVerifierBytes(): Promise<void> {
  const modules = await minifiedModules()
  const whole = packed(modules.map(({ code }) => code))
  const rows = steps.map(([step]) => {
    const own = modules.filter(({ name }) => stepOf(name) === step)
    const rest = modules.filter((module) => !own.includes(module))
    const minified = own.reduce((sum, { code }) => sum + code.length, 0)
    return [step, `${minified}`, `${whole - packed(rest.map(({ code }) => code))}`]
  })
  const minified = modules.reduce((sum, { code }) => sum + code.length, 0)
  rows.push(['all, with what the parts have in common', `${minified}`, `${whole}`])
  console.log(
    'What the bytes of createAccessTokenVerifier are for: minified, and what gzip -9 saves without the step.\n',
  )
  console.log(formatTable(['step', 'minified', 'gzip -9'], rows))
}

/** The modules of the bundle, each minified, with the names that they have in the bundle. */
async function minifiedModules(): Promise<readonly { readonly name: string; readonly code: string }[]> {
  const { outputFiles } = await build({
    stdin: {
      contents: "export { createAccessTokenVerifier } from '@countersign/core/api'",
      resolveDir: import.meta.dirname,
    },
    absWorkingDir: root,
    bundle: true,
    // Not the white space: with it go the comments that say where a module begins.
    minifySyntax: true,
    minifyIdentifiers: true,
    format: 'esm',
    target: 'es2022',
    conditions: ['@countersign/source'],
    write: false,
    logLevel: 'silent',
  })
  const [, ...parts] = (outputFiles[0]?.text ?? '').split(/^\/\/ packages\/core\/src\//m)
  return Promise.all(
    parts.map(async (part) => {
      const name = part.slice(0, part.indexOf('.ts\n'))
      const { code } = await transform(part.slice(part.indexOf('\n')), { minifyWhitespace: true })
      return { name, code }
    }),
  )
}

function stepOf(module: string): string | undefined {
  return steps.find(([, pattern]) => pattern.test(module))?.[0]
}

function packed(parts: readonly string[]): number {
  return gzipSync(parts.join(''), { level: 9 }).length
}
