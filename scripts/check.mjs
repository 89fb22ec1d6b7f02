// @ts-check
// Every check that is not a test, one line each. Names as arguments run just those steps; --verbose shows all output.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { build, combine, pack, writeDeclarations } from './build.mjs'
import { listPackages, readJson, root, run, tool, twoAtATime } from './workspace.mjs'

/** @typedef {{ ok: boolean, output: string, note?: string }} Outcome */

/** Folders with a tsconfig of their own or a `typecheck` script; TypeScript without either is a fault. */
function typedProjects() {
  const children = (/** @type {string} */ folder) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { withFileTypes: true })
          .filter((entry) => entry.isDirectory())
          .map(({ name }) => join(root, folder, name))
      : []
  const candidates = [
    join(root, 'scripts'),
    ...listPackages().map(({ folder }) => join(folder, 'test')),
    ...children('test'),
    ...children('examples'),
  ]
  return candidates.filter((folder) => {
    if (!existsSync(folder)) return false
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter(
      (name) => !name.includes('node_modules'),
    )
    return names.some((name) => /\.(m?[jt]sx?|vue)$/.test(name))
  })
}

/** @param {string} folder @returns {Promise<Outcome>} */
async function typecheckProject(folder) {
  const name = relative(root, folder)
  const manifest = join(folder, 'package.json')
  if (existsSync(manifest) && readJson(manifest).scripts?.typecheck) {
    const { ok, output } = await run([...tool('pnpm'), 'run', 'typecheck'], { cwd: folder })
    return { ok, output: `${name}:\n${output}` }
  }
  if (!existsSync(join(folder, 'tsconfig.json'))) {
    return { ok: false, output: `${name}: has code but neither a tsconfig.json nor a "typecheck" script` }
  }
  const { ok, output } = await run([...tool('tsc'), '-p', folder, '--noEmit'])
  return { ok, output: ok ? output : `${name}:\n${output}` }
}

/** @type {Promise<Map<string, string>> | undefined} */
let packed
const temp = mkdtempSync(join(tmpdir(), 'check-'))
process.on('exit', () => rmSync(temp, { recursive: true, force: true }))
// A signal ends a process without that.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))

/** @param {(tarball: string) => string[]} command @returns {Promise<Outcome>} */
async function onTarballs(command) {
  packed ??= pack(temp)
  const tarballs = [...(await packed)]
  const outcome = combine(await twoAtATime(tarballs, ([, tarball]) => run(command(tarball))))
  return { ...outcome, note: `${tarballs.length} tarballs` }
}

/** @typedef {{ name: string, size: number, sizeLimit: number, passed: boolean }} Size */

/** @param {string} config @returns {Promise<{ sizes: Size[] } | { problem: string }>} */
async function measure(config) {
  const { output } = await run([...tool('size-limit'), '--config', config, '--ignore-missing', '--json'])
  try {
    const answer = JSON.parse(output)
    return Array.isArray(answer) ? { sizes: answer } : { problem: String(answer.error).split('\n    at ')[0] ?? output }
  } catch {
    return { problem: output }
  }
}

/** @returns {Promise<Outcome>} */
async function checkSizes() {
  const config = join(root, '.size-limit.json')
  /** @type {{ name: string, path: string }[]} */
  const wanted = readJson(config)
  const missing = wanted.filter(({ path }) => !existsSync(join(root, path)))
  if (missing.length > 0) {
    return { ok: false, output: `Not built: ${missing.map(({ path }) => path).join(', ')}. Run: npm run build` }
  }
  const measured = await measure(config)
  if ('problem' in measured) {
    // When one entry of several can not be bundled, size-limit tells of its own clean-up instead: ask one by one.
    const problems = await twoAtATime(wanted, async (entry) => {
      const alone = join(temp, `${wanted.indexOf(entry)}.json`)
      writeFileSync(alone, JSON.stringify([{ ...entry, path: join(root, entry.path) }]))
      const answer = await measure(alone)
      return 'problem' in answer ? [`${entry.name}: ${answer.problem}`] : []
    })
    return { ok: false, output: problems.flat().join('\n') || measured.problem }
  }
  const lines = measured.sizes.map(
    ({ name, size, sizeLimit, passed }) => `${passed ? '  ' : '! '}${name}: ${size} of ${sizeLimit} bytes (gzip -9)`,
  )
  const within = measured.sizes.filter(({ passed }) => passed).length
  return { ok: within === wanted.length, output: lines.join('\n'), note: `${within} of ${wanted.length} within budget` }
}

/** Against main where it is known, else against the commit itself. @returns {Promise<Outcome>} */
async function checkChangesets() {
  if (!existsSync(join(root, '.git'))) return { ok: true, output: '', note: 'left out: not a git work tree' }
  const { baseBranch } = readJson(join(root, '.changeset/config.json'))
  const known = []
  for (const ref of [baseBranch, `origin/${baseBranch}`]) {
    const { ok } = await run(['git', 'merge-base', ref, 'HEAD'])
    if (ok) known.push(ref)
  }
  const base = known[0] ?? 'HEAD'
  const { ok, output } = await run([...tool('changeset'), 'status', `--since=${base}`])
  return { ok, output, note: `against ${base}` }
}

/** @param {string} script @returns {Promise<Outcome>} */
async function runScript(script) {
  const outcome = await run([process.execPath, join(root, 'scripts', script)])
  return { ...outcome, ...(outcome.ok ? { note: outcome.output.split('\n').at(-1) ?? '' } : {}) }
}

/** @type {Record<string, () => Promise<Outcome>>} */
const steps = {
  lint: () => run([...tool('biome'), 'check', '.']),
  typecheck: async () => {
    const projects = typedProjects()
    const sources = await writeDeclarations()
    const outcome = combine([sources, ...(await twoAtATime(projects, typecheckProject))])
    return { ...outcome, note: `${listPackages().length} packages, ${projects.length} test and example projects` }
  },
  build: async () => ({ ...(await build()), note: `${listPackages().length} packages` }),
  knip: () => run([...tool('knip'), '--no-progress']),
  publint: () => onTarballs((tarball) => [...tool('publint'), 'run', tarball, '--strict']),
  attw: () => onTarballs((tarball) => [...tool('attw'), tarball, '--profile', 'esm-only', '--no-emoji', '--no-color']),
  api: () => runScript('api-reports.mjs'),
  size: checkSizes,
  changeset: checkChangesets,
  docs: () => runScript('docs-check.mjs'),
  errors: () => runScript('error-table.mjs'),
  spec: () => runScript('spec-coverage.mjs'),
  conformance: () => runScript('conformance.mjs'),
  behaviours: () => runScript('behaviours.mjs'),
  browsers: () => runScript('browsers.mjs'),
  faults: () => runScript('fault-catalogue.mjs'),
  schema: () => runScript('config-schema.mjs'),
}

/** Steps that look at what the build wrote: after a failed build they would only repeat that. */
const afterBuild = new Set(['publint', 'attw', 'api', 'size'])

const verbose = process.argv.includes('--verbose')
const named = process.argv.slice(2).filter((argument) => !argument.startsWith('--'))
const unknown = named.filter((name) => !(name in steps))
if (unknown.length > 0) {
  console.error(`No step is called ${unknown.join(', ')}. Steps: ${Object.keys(steps).join(', ')}`)
  process.exit(1)
}

const absent = readdirSync(join(root, 'packages')).filter(
  (name) => !listPackages().some((found) => found.name === name),
)
if (absent.length > 0) console.log(`left out, no source yet: ${absent.join(', ')}`)

/** @type {string[]} */
const failed = []
const began = performance.now()
for (const [name, step] of Object.entries(steps)) {
  if (named.length > 0 && !named.includes(name)) continue
  if (failed.includes('build') && afterBuild.has(name)) {
    console.log(`--   ${name.padEnd(10)} not run, because the build failed`)
    continue
  }
  const start = performance.now()
  /** @type {Outcome} */
  const outcome = await step().catch((error) => ({
    ok: false,
    output: error instanceof Error ? error.message : String(error),
  }))
  const seconds = ((performance.now() - start) / 1000).toFixed(1)
  console.log(
    `${outcome.ok ? 'ok  ' : 'FAIL'} ${name.padEnd(10)} ${seconds.padStart(5)} s${outcome.note ? `  ${outcome.note}` : ''}`,
  )
  if ((verbose || !outcome.ok) && outcome.output) console.log(outcome.output.replace(/^/gm, '     '))
  if (!outcome.ok) {
    failed.push(name)
    console.log(`     only this step: node scripts/check.mjs ${name}`)
  }
}
const total = ((performance.now() - began) / 1000).toFixed(1)
console.log(
  failed.length > 0
    ? `failed: ${failed.join(', ')} (${total} s, Node ${process.version})`
    : `all checks pass (${total} s, Node ${process.version})`,
)
process.exitCode = failed.length > 0 ? 1 : 0
