// @ts-check
import { startMockIdp } from '@countersign/mock-idp/node'
import { report } from './report.mjs'

const { idp, url } = await startMockIdp()
report(url, (seconds) => idp.clock.advance(seconds))
