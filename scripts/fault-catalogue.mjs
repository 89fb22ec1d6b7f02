// @ts-check
// Keeps docs/faults.md equal to the faults of the mock IdP, and holds them to the cases in test/data/cases.json: a case
// about a relying party, an API or an agent has a fault that stages it, or stands in cases-without-fault.json with the
// reason why no answer of a server can. --sync rewrites the page.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { listFaults } from '../packages/mock-idp/src/faults/catalogue.ts'
import { readJson, root } from './workspace.mjs'

/** @typedef {{ id: string, title: string, applies: string[] }} Case */

const page = join(root, 'docs/faults.md')
const faults = listFaults()
/** @type {Case[]} */
const cases = readJson(join(root, 'test/data/cases.json'))
/** @type {Record<string, string>} */
const without = readJson(join(root, 'test/data/cases-without-fault.json'))

const known = new Set(cases.map(({ id }) => id))
const staged = new Set(faults.flatMap((fault) => fault.cases))
const duties = cases.filter(({ applies }) => applies.some((one) => ['rp', 'spa', 'api', 'agent'].includes(one)))

const problems = [
  ...[...staged].filter((id) => !known.has(id)).map((id) => `a fault names the case ${id}, which does not exist`),
  ...Object.keys(without)
    .filter((id) => !known.has(id))
    .map((id) => `cases-without-fault.json names the case ${id}, which does not exist`),
  ...Object.keys(without)
    .filter((id) => staged.has(id))
    .map((id) => `the case ${id} has a fault: take it out of cases-without-fault.json`),
  ...duties
    .filter(({ id }) => !staged.has(id) && !without[id])
    .map(({ id, title }) => `no fault stages the case ${id} (${title}), and cases-without-fault.json gives no reason`),
]

/** @param {string} text */
const cell = (text) => text.replaceAll('|', '\\|')
const areas = [...new Set(faults.map(({ area }) => area))]
const valid = faults.filter((fault) => fault.valid).length
const text = [
  '# Faults of the mock IdP',
  '',
  `The ${faults.length} things that \`@countersign/mock-idp\` does wrong on command, or in an unusual way that is right (${valid}, marked "go on"). Nothing misbehaves unless it is armed: \`idp.faults.next(name, options, { times, after, client, endpoint })\`, \`idp.faults.always(name, options, { client, endpoint })\`, \`POST /mock/v1/faults\`, or the console. Those that act at the same point of a request do so in the order of this page. The ids of cases are those of \`test/data/cases.json\`. This page is generated from \`idp.faults.list()\` by \`npm run docs:sync\`.`,
  ...areas.flatMap((area) => [
    '',
    `## ${area}`,
    '',
    '| fault | what it does | what the other party must do | specification | endpoints | cases |',
    '|---|---|---|---|---|---|',
    ...faults
      .filter((fault) => fault.area === area)
      .map((fault) => {
        const options = Object.entries(fault.options).map(([name, meaning]) => ` \`${name}\`: ${meaning}`)
        const [profile, second] = fault.profiles
        const where = fault.endpoints.join(', ') + (second === undefined ? ` (${profile} profile)` : '')
        const rule = fault.valid ? `Go on. ${fault.rule}` : fault.rule
        const cells = [`\`${fault.name}\``, fault.description + options.join(''), rule, fault.spec, where]
        return `| ${[...cells, fault.cases.join(', ')].map(cell).join(' | ')} |`
      }),
  ]),
  '',
].join('\n')

if (process.argv.includes('--sync')) writeFileSync(page, text)
else if (!existsSync(page) || readFileSync(page, 'utf8') !== text) {
  problems.push('docs/faults.md differs from the faults. Run: npm run docs:sync')
}

if (problems.length > 0) {
  console.error(problems.join('\n'))
  process.exitCode = 1
} else {
  const covered = duties.filter(({ id }) => staged.has(id)).length
  console.log(`${faults.length} faults stage ${covered} of ${duties.length} cases, the rest has a reason`)
}
