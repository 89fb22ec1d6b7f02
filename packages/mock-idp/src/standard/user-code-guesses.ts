/** How often somebody may type a wrong user code: eight letters hold no more than that (RFC 8628 section 5.1). */
import { sessionOfBrowser } from '../endpoints/session-cookie.ts'
import type { Exchange } from '../http/exchange.ts'
import { peerOf } from '../http/peer.ts'
import { liveSession } from '../sessions.ts'

const mostWrong = 5
const windowMs = 600_000

/** Names of who asks: the address, and the login if there is one, so that neither a new cookie nor a new address helps. */
function namesOf(exchange: Exchange): readonly string[] {
  const login = liveSession(exchange.runtime, sessionOfBrowser(exchange))
  return [`address ${peerOf(exchange.request)}`, ...(login ? [`session ${login.session.id}`] : [])]
}

/** Seconds until the next code may be typed; 0 while it may. */
export function secondsToWait(exchange: Exchange): number {
  const { standard, clock } = exchange.runtime
  const waits = namesOf(exchange).map((name) => {
    const wrong = standard.records.wrongCodes.get(name) ?? []
    const [first = 0] = wrong
    return wrong.length < mostWrong ? 0 : Math.ceil((first + windowMs - clock.now()) / 1000)
  })
  return Math.max(0, ...waits)
}

/** Notes a wrong code. */
export function noteWrongCode(exchange: Exchange): void {
  const { standard, clock } = exchange.runtime
  for (const name of namesOf(exchange)) {
    const wrong = standard.records.wrongCodes.get(name) ?? []
    standard.records.wrongCodes.set(name, [...wrong, clock.now()].slice(-mostWrong))
  }
}
