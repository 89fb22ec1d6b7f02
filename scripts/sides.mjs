// @ts-check
// Which test files prove something about which side of the SDK. A folder of its own says it. Elsewhere a file counts
// for each side whose entries it imports, and for the browser client when it imports none.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, testFiles } from './coverage.mjs'

/** @typedef {{ title: string, folders: string[], entries: string[] }} Side */

const places = ['packages/core/test', 'packages/react/test', 'packages/vue/test', 'packages/express/test']
const everywhere = [...places, 'examples', 'test/e2e', 'test/engines', 'test/interop', 'test/runtimes']

/** @satisfies {Record<string, Side>} */
export const sides = {
  spa: {
    title: 'Browser client',
    folders: ['packages/core/test/access', 'packages/core/test/browser', 'packages/core/test/protocol'],
    entries: ['@countersign/core/browser', '@countersign/react', '@countersign/vue', '/src/browser/'],
  },
  api: {
    title: 'API',
    folders: [
      'packages/core/test/access',
      'packages/core/test/api',
      'packages/core/test/providers',
      'packages/express/test',
      'examples/express-api',
      'test/runtimes',
    ],
    entries: ['@countersign/core/api', '@countersign/express', '/src/api/'],
  },
  agent: {
    title: 'Agent',
    folders: ['packages/core/test/agent', 'packages/core/test/http'],
    entries: ['@countersign/core/agent', '/src/agent/'],
  },
}

/** @typedef {keyof typeof sides} SideName */

/** @param {string} file @returns {string[]} names of sides */
function sidesOf(file) {
  const all = Object.entries(sides)
  const byFolder = all.filter(([, { folders }]) => folders.some((folder) => file.startsWith(`${folder}/`)))
  if (byFolder.length > 0) return byFolder.map(([name]) => name)
  const text = readFileSync(join(root, file), 'utf8')
  const byImport = all.filter(([, { entries }]) => entries.some((entry) => text.includes(entry)))
  return byImport.length > 0 ? byImport.map(([name]) => name) : ['spa']
}

/** @param {SideName} name @returns {string[]} paths from the root */
export const filesOf = (name) => everywhere.flatMap(testFiles).filter((file) => sidesOf(file).includes(name))

/** The rule above, for the reader of a page. @param {SideName} name */
export function ruleOf(name) {
  const code = (/** @type {string[]} */ texts) => texts.map((text) => `\`${text}\``).join(', ')
  const { folders, entries } = sides[name]
  const packages = entries.filter((entry) => entry.startsWith('@'))
  const none = name === 'spa' ? ', or imports no side at all' : ''
  return `A test counts for this side when it lies in ${code(folders)}, or outside the folders of a side and imports ${code(packages)}${none}.`
}
