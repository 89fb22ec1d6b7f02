// @ts-check
// Checks the Markdown files: code fences equal the type-checked files they are taken from, relative links lead somewhere,
// error codes exist.
// A fence is bound by a line before it: <!-- source: examples/x/main.ts --> or <!-- source: examples/x/main.ts#region -->.
// In README.md and packages/*/README.md every ts, js, tsx, vue and html fence needs one. --sync rewrites the fences.
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve, sep } from 'node:path'
import { errorCodes } from '../packages/core/src/error-codes.ts'
import { root } from './workspace.mjs'

const marker = /^\s*<!--\s*source:\s*(\S+?)(?:#(\S+))?\s*-->\s*$/
const needsSource = new Set(['ts', 'typescript', 'tsx', 'js', 'javascript', 'mjs', 'jsx', 'vue', 'html'])
const skippedFolders = new Set(['node_modules', 'dist', 'coverage', '.git', '.vitest', '.changeset', 'etc'])

/** @param {string} folder @returns {string[]} */
function markdownFiles(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name)
      if (entry.isDirectory()) return skippedFolders.has(entry.name) ? [] : markdownFiles(path)
      return entry.isFile() && entry.name.endsWith('.md') ? [path] : []
    })
    .sort()
}

/**
 * The text a fence must hold: the file without its region comments, or one region of it moved to the left.
 *
 * @param {string} path from the root
 * @param {string | undefined} region
 * @returns {{ text: string } | { problem: string }}
 */
function readSource(path, region) {
  const file = resolve(root, path)
  if (!existsSync(file)) return { problem: `there is no file ${path}` }
  const regionLine = /^\s*(?:\/\/|\/\*|<!--|#)\s*#(end)?region\b\s*([\w-]*)/
  const lines = readFileSync(file, 'utf8').trimEnd().split(/\r?\n/)
  let chosen = lines
  if (region !== undefined) {
    const start = lines.findIndex((line) => regionLine.exec(line)?.[2] === region && !regionLine.exec(line)?.[1])
    if (start === -1) return { problem: `${path} has no "#region ${region}"` }
    let depth = 1
    let end = start + 1
    for (; end < lines.length && depth > 0; end += 1) {
      const found = regionLine.exec(lines[end] ?? '')
      if (found) depth += found[1] ? -1 : 1
    }
    if (depth > 0) return { problem: `${path}: "#region ${region}" does not end` }
    chosen = lines.slice(start + 1, end - 1)
  }
  chosen = chosen.filter((line) => !regionLine.test(line))
  const indents = chosen.filter((line) => line.trim() !== '').map((line) => /^ */.exec(line)?.[0].length ?? 0)
  const indent = Math.min(...indents, Number.MAX_SAFE_INTEGER)
  return {
    text: chosen
      .map((line) => line.slice(indent).trimEnd())
      .join('\n')
      .trim(),
  }
}

/** GitHub's anchor of a heading. @param {string} heading */
function slug(heading) {
  return heading
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-')
}

/**
 * @param {string} file
 * @returns {{ prose: { line: number, text: string }[], fences: { start: number, end: number, language: string }[] }}
 */
function parse(file) {
  const lines = readFileSync(file, 'utf8').split(/\r?\n/)
  const prose = []
  const fences = []
  for (let index = 0; index < lines.length; index += 1) {
    const text = lines[index] ?? ''
    const open = /^(\s*)(`{3,}|~{3,})\s*([\w-]*)/.exec(text)
    if (!open) {
      prose.push({ line: index, text })
      continue
    }
    const fence = open[2] ?? ''
    let end = index + 1
    while (end < lines.length && !(lines[end] ?? '').trim().startsWith(fence)) end += 1
    fences.push({ start: index, end, language: (open[3] ?? '').toLowerCase() })
    index = end
  }
  return { prose, fences }
}

const anchorCache = new Map()
/** @param {string} file @returns {Set<string>} */
function anchors(file) {
  if (!anchorCache.has(file)) {
    const seen = new Map()
    const found = new Set()
    for (const { text } of parse(file).prose) {
      const heading = /^#{1,6}\s+(.*?)\s*#*$/.exec(text)?.[1]
      if (heading !== undefined) {
        const base = slug(heading)
        const times = seen.get(base) ?? 0
        seen.set(base, times + 1)
        found.add(times === 0 ? base : `${base}-${times}`)
      }
      for (const [, id] of text.matchAll(/<a (?:id|name)="([^"]+)"/g)) found.add(id)
    }
    anchorCache.set(file, found)
  }
  return anchorCache.get(file)
}

const sync = process.argv.includes('--sync')
/** @type {string[]} */
const problems = []
let boundFences = 0
let links = 0
const files = markdownFiles(root)

for (const file of files) {
  const name = relative(root, file).replaceAll(sep, '/')
  const strict = name === 'README.md' || /^packages\/[^/]+\/README\.md$/.test(name)
  const lines = readFileSync(file, 'utf8').split(/\r?\n/)
  const { prose, fences } = parse(file)

  // From the last fence to the first, so that rewriting one does not move the others.
  for (const { start, end, language } of fences.toReversed()) {
    let before = start - 1
    while (before >= 0 && (lines[before] ?? '').trim() === '') before -= 1
    const bound = marker.exec(lines[before] ?? '')
    if (!bound) {
      if (strict && needsSource.has(language)) {
        problems.push(`${name}:${start + 1}: a ${language} example without <!-- source: path --> before it`)
      }
      continue
    }
    boundFences += 1
    const source = readSource(bound[1] ?? '', bound[2])
    if ('problem' in source) {
      problems.push(`${name}:${before + 1}: ${source.problem}`)
      continue
    }
    const indent = /^\s*/.exec(lines[start] ?? '')?.[0] ?? ''
    const wanted = source.text.split('\n').map((line) => (line === '' ? '' : indent + line))
    if (lines.slice(start + 1, end).join('\n') === wanted.join('\n')) continue
    if (sync) lines.splice(start + 1, end - start - 1, ...wanted)
    else problems.push(`${name}:${start + 1}: the example differs from ${bound[1]}${bound[2] ? `#${bound[2]}` : ''}`)
  }
  if (sync && lines.join('\n') !== readFileSync(file, 'utf8').replaceAll('\r\n', '\n')) {
    writeFileSync(file, lines.join('\n'))
    console.log(`wrote ${name}`)
  }

  for (const { line, text } of prose) {
    for (const [code] of text.matchAll(/\bOIDC_[A-Z_]*[A-Z]\b/g)) {
      if (!Object.hasOwn(errorCodes, code)) problems.push(`${name}:${line + 1}: there is no error code ${code}`)
    }
    const plain = text.replace(/`[^`]*`/g, '')
    const targets = [...plain.matchAll(/\]\(\s*<?([^()\s>]+(?:\([^()\s]*\))?)>?(?:\s+"[^"]*")?\s*\)/g)].map(
      ([, to]) => to,
    )
    const definition = /^\s*\[[^\]]+\]:\s*<?(\S+?)>?(?:\s|$)/.exec(plain)?.[1]
    for (const target of [...targets, ...(definition ? [definition] : [])]) {
      if (target === undefined || /^[a-z][a-z+.-]*:|^\/\//i.test(target)) continue
      links += 1
      const [path = '', anchor] = decodeURI(target).split('#')
      const destination = path === '' ? file : path.startsWith('/') ? join(root, path) : resolve(dirname(file), path)
      if (!existsSync(destination)) problems.push(`${name}:${line + 1}: ${target} leads nowhere`)
      else if (
        anchor &&
        destination.endsWith('.md') &&
        statSync(destination).isFile() &&
        !anchors(destination).has(anchor)
      ) {
        problems.push(`${name}:${line + 1}: ${target}: no heading has that anchor`)
      }
    }
  }
}

for (const problem of problems) console.error(problem)
if (problems.some((text) => text.includes('differs from')))
  console.error('Refresh the examples with: npm run docs:sync')
if (problems.length === 0) console.log(`${files.length} files, ${boundFences} examples and ${links} links hold`)
process.exitCode = problems.length > 0 ? 1 : 0
