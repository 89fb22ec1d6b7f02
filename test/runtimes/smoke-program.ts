import { smoke } from './smoke.ts'

const { argv } = (globalThis as unknown as { process: { argv: string[] } }).process
console.log(`smoke: ${JSON.stringify(await smoke(JSON.parse(argv[2] ?? '')))}`)
