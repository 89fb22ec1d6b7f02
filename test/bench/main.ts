/** Prints all reports, or those that are named: `--sizes`, `--session`, `--verification`, `--mock-idp`, `--test-price`. */
import { printBrowserSession } from './browser-session.ts'
import { printBundleSizes } from './bundle-sizes.ts'
import { printMockIdp } from './mock-idp.ts'
import { printPeerSizes } from './peer-sizes.ts'
import { printPriceOfATest } from './price-of-a-test.ts'
import { printVerification } from './verification.ts'
import { printVerifierBytes } from './verifier-bytes.ts'

const parts = {
  '--sizes': async () => {
    await printPeerSizes()
    console.log('\n')
    await printBundleSizes()
    console.log('\n')
    await printVerifierBytes()
  },
  '--session': printBrowserSession,
  '--verification': printVerification,
  '--mock-idp': printMockIdp,
  '--test-price': printPriceOfATest,
}

const wanted = process.argv.slice(2).filter((argument) => argument !== '--')
const unknown = wanted.filter((argument) => !(argument in parts))
if (unknown.length > 0) {
  console.error(`There is no ${unknown.join(', ')}. Give nothing, or any of: ${Object.keys(parts).join(', ')}`)
  process.exit(1)
}
let printed = 0
for (const [name, print] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  if (printed++ > 0) console.log('\n')
  await print()
}
