import { readFile } from 'node:fs/promises'
import { describeRule, parseAccessRule } from '@countersign/core'

const rule = parseAccessRule(JSON.parse(await readFile('rules/contacts.json', 'utf8')))
console.log(`Contacts need ${describeRule(rule)}.`)
