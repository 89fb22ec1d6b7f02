// @ts-check
// One API report per subpath of every package, in packages/<name>/etc/, made from the built declarations.
// Without arguments a difference fails; with --update the reports are written. An undocumented member always fails, and
// so does a type that public signatures use but no entry of its package exports.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { listPackages, readJson } from './workspace.mjs'

/** @typedef {import('./workspace.mjs').WorkspacePackage} WorkspacePackage */
/** @typedef {import('./workspace.mjs').Subpath} Subpath */

const { Extractor, ExtractorConfig } = /** @type {typeof import('@microsoft/api-extractor')} */ (
  createRequire(import.meta.url)('@microsoft/api-extractor')
)

/**
 * @param {WorkspacePackage} owner
 * @param {Subpath} entry
 * @param {string} folder where the report is written
 * @returns {{ report: string, forgotten: string[], problems: string[] }}
 */
function createReport(owner, entry, folder) {
  const { lib, types = [] } = readJson(join(owner.folder, 'tsconfig.json')).compilerOptions
  const reportFileName = `${entry.label}.api.md`
  const config = ExtractorConfig.prepare({
    packageJsonFullPath: join(owner.folder, 'package.json'),
    configObjectFullPath: join(owner.folder, 'api-extractor.json'),
    configObject: {
      projectFolder: owner.folder,
      mainEntryPointFilePath: join(owner.folder, entry.types),
      newlineKind: 'lf',
      compiler: {
        overrideTsconfig: {
          compilerOptions: {
            target: 'es2022',
            module: 'nodenext',
            moduleResolution: 'nodenext',
            lib,
            types,
            strict: true,
            exactOptionalPropertyTypes: true,
            skipLibCheck: true,
            // Declarations keep the `.ts` of relative imports.
            allowImportingTsExtensions: true,
            noEmit: true,
          },
          include: ['dist/**/*.d.ts'],
        },
      },
      apiReport: { enabled: true, reportFileName, reportFolder: folder, reportTempFolder: join(folder, 'temp') },
      docModel: { enabled: false },
      dtsRollup: { enabled: false },
      tsdocMetadata: { enabled: false },
      messages: {
        compilerMessageReporting: { default: { logLevel: /** @type {any} */ ('warning') } },
        tsdocMessageReporting: { default: { logLevel: /** @type {any} */ ('none') } },
        extractorMessageReporting: {
          default: { logLevel: /** @type {any} */ ('warning') },
          'ae-missing-release-tag': { logLevel: /** @type {any} */ ('none') },
          'ae-unresolved-link': { logLevel: /** @type {any} */ ('none') },
          'ae-undocumented': { logLevel: /** @type {any} */ ('none') },
        },
      },
    },
  })
  /** @type {string[]} */
  const forgotten = []
  /** @type {string[]} */
  const problems = []
  Extractor.invoke(config, {
    localBuild: true,
    messageCallback(message) {
      message.handled = true
      if (message.messageId === 'ae-forgotten-export') forgotten.push(/"(.+?)"/.exec(message.text)?.[1] ?? message.text)
      else if (message.category !== 'console' && ['warning', 'error'].includes(message.logLevel)) {
        problems.push(`${message.messageId}: ${message.text} (${basename(message.sourceFilePath ?? '')})`)
      }
    },
  })
  return { report: readFileSync(join(folder, reportFileName), 'utf8'), forgotten, problems }
}

/** Names of a report's exports. @param {string} report */
function exportedNames(report) {
  const declared = [...report.matchAll(/^export (?:declare )?(?:abstract )?(?:\w+) ([\w$]+)/gm)].map(([, name]) => name)
  const listed = [...report.matchAll(/^export (?:type )?\{ ([\w$]+) \}/gm)].map(([, name]) => name)
  return [...declared, ...listed]
}

/** First line that differs, both sides. @param {string} before @param {string} after */
function firstDifference(before, after) {
  const [old, now] = [before.split('\n'), after.split('\n')]
  const index = now.findIndex((line, position) => line !== old[position])
  const line = index === -1 ? now.length : index
  return `line ${line + 1}\n    committed: ${old[line] ?? '(end)'}\n    now:       ${now[line] ?? '(end)'}`
}

const update = process.argv.includes('--update')
const temp = mkdtempSync(join(tmpdir(), 'api-reports-'))
process.on('exit', () => rmSync(temp, { recursive: true, force: true }))
// A signal ends a process without that.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(1))
/** @type {string[]} */
const failures = []
let outdated = false
let count = 0

for (const owner of listPackages()) {
  const etc = join(owner.folder, 'etc')
  mkdirSync(etc, { recursive: true })
  const missing = owner.subpaths.filter(({ types }) => !existsSync(join(owner.folder, types)))
  if (missing.length > 0) {
    failures.push(`${missing.map(({ specifier }) => specifier).join(', ')}: no declarations. Run: npm run build`)
    continue
  }
  const reports = owner.subpaths.flatMap((entry) => {
    try {
      return [{ entry, ...createReport(owner, entry, temp) }]
    } catch (error) {
      const [reason = ''] = String(error instanceof Error ? error.message : error).split('\n\nYou have encountered')
      failures.push(`${entry.specifier}: no report, mostly because the build failed. ${reason}`)
      return []
    }
  })
  const exported = new Set(reports.flatMap(({ report }) => exportedNames(report)))
  for (const { entry, report, forgotten, problems } of reports) {
    count += 1
    const undocumented = report.split('\n').filter((line) => line.includes('(undocumented)')).length
    if (undocumented > 0) {
      const lines = report.split('\n')
      const members = lines.flatMap((line, index) =>
        line.includes('(undocumented)') ? [`    ${lines[index + 1]?.trim()}`] : [],
      )
      failures.push(`${entry.specifier}: ${undocumented} undocumented, each needs a docblock:\n${members.join('\n')}`)
    }
    const unreachable = forgotten.filter((name) => !exported.has(name))
    if (unreachable.length > 0) {
      failures.push(`${entry.specifier}: used in public signatures but exported by no entry: ${unreachable.join(', ')}`)
    }
    if (problems.length > 0) failures.push(`${entry.specifier}:\n    ${problems.join('\n    ')}`)

    const file = join(etc, `${entry.label}.api.md`)
    const committed = existsSync(file) ? readFileSync(file, 'utf8') : ''
    if (committed === report) continue
    if (update) {
      writeFileSync(file, report)
      console.log(`wrote packages/${owner.name}/etc/${basename(file)}`)
    } else {
      outdated = true
      failures.push(`packages/${owner.name}/etc/${basename(file)} differs, ${firstDifference(committed, report)}`)
    }
  }
  const expected = new Set(owner.subpaths.map(({ label }) => `${label}.api.md`))
  for (const name of readdirSync(etc).filter((file) => file.endsWith('.api.md') && !expected.has(file))) {
    if (update) rmSync(join(etc, name))
    else failures.push(`packages/${owner.name}/etc/${name} belongs to no subpath. Update with: npm run api`)
  }
}

for (const failure of failures) console.error(failure)
if (outdated)
  console.error('If the change of the public surface is meant, run `npm run api` after a build and commit the reports.')
if (failures.length === 0) console.log(`${count} reports are up to date`)
process.exitCode = failures.length > 0 ? 1 : 0
