/** The page where the user types the code of a device (RFC 8628 section 3.3). Login and consent follow. */
import { browserCookie, browserCookieName } from '../../endpoints/authorize.ts'
import { page, redirect } from '../../http/answers.ts'
import type { Endpoint } from '../../http/endpoint.ts'
import type { Exchange } from '../../http/exchange.ts'
import { devicePage } from '../../pages/device.ts'
import { textsFor } from '../../pages/texts.ts'
import type { Runtime } from '../../runtime.ts'
import { findClient } from '../find-client.ts'
import { readForm } from '../parameters.ts'
import type { DeviceRecord } from '../records.ts'
import { noteWrongCode, secondsToWait } from '../user-code-guesses.ts'
import { loginUrl } from './authorize.ts'
import { isWaiting, type StandardTransaction } from './finish.ts'

/** The page. */
export const deviceEndpoint: Endpoint = {
  name: 'device',
  cors: false,
  readOnly: true,
  paths: ['/device'],
  get: (exchange) => show(exchange, exchange.query.get('outcome'), exchange.query.get('user_code')),
  async post(exchange) {
    const body = await readForm(exchange)
    exchange.seen = body.record
    const typed = body.get('user_code') ?? ''
    const waitSeconds = secondsToWait(exchange)
    if (waitSeconds > 0) return refuseGuess(exchange, waitSeconds)
    const found = findDevice(exchange.runtime, typed)
    if (!found) {
      exchange.reason = 'the code is unknown'
      noteWrongCode(exchange)
      return show(exchange, 'unknown', typed)
    }
    return startLogin(exchange, ...found)
  },
}

const outcomes = { approved: 'deviceApproved', denied: 'deviceDenied', unknown: 'deviceUnknown' } as const

function show(exchange: Exchange, outcome: string | undefined, userCode = ''): Promise<Response> {
  const { runtime, query } = exchange
  const texts = textsFor(runtime.project, query.get('locale'))
  const known =
    outcome !== undefined && Object.hasOwn(outcomes, outcome) ? (outcome as keyof typeof outcomes) : undefined
  return page(
    devicePage({
      texts,
      userCode,
      ...(known === 'unknown' && { error: texts[outcomes.unknown] }),
      ...(known !== undefined && known !== 'unknown' && { message: texts[outcomes[known]] }),
    }),
  )
}

/** Says how long to wait. What was typed is not looked at: a right code would tell that it is one. */
function refuseGuess(exchange: Exchange, seconds: number): Promise<Response> {
  const { runtime, query } = exchange
  const texts = textsFor(runtime.project, query.get('locale'))
  exchange.reason = 'too many wrong codes'
  const minutes = String(Math.ceil(seconds / 60))
  const error = texts.deviceTooMany.replace('{minutes}', () => minutes)
  return page(devicePage({ texts, userCode: '', error }), { status: 429, headers: { 'Retry-After': String(seconds) } })
}

/** A waiting device by what the user typed; case and punctuation do not count (RFC 8628 section 6.1). */
function findDevice(runtime: Runtime, typed: string): [string, DeviceRecord] | undefined {
  const plain = (text: string): string => text.toUpperCase().replace(/[^A-Z]/g, '')
  return [...runtime.standard.records.devices].find(
    ([, device]) => plain(device.userCode) === plain(typed) && isWaiting(runtime, device),
  )
}

async function startLogin(exchange: Exchange, deviceCode: string, device: DeviceRecord): Promise<Response> {
  const { runtime } = exchange
  const { random, clock, project, records } = runtime
  const client = await findClient(runtime, device.clientId)
  if (!client) return show(exchange, 'unknown')
  const transaction: StandardTransaction = {
    id: random.text(16),
    login: exchange.requestId,
    app: client,
    redirectUri: `${project.origin}/device`,
    flowId: 'sign-up-or-in',
    scopes: device.scopes,
    // The consent page shows which application it is: whoever sent the code may be somebody else (RFC 8628 5.4).
    prompt: ['consent'],
    resources: device.resources,
    browser: exchange.cookie(browserCookieName) ?? random.text(16),
    csrf: random.text(16),
    expiresAt: clock.now() + project.lifetimes.transactionSeconds * 1000,
    request: {
      responseMode: 'query',
      reauthenticate: false,
      acrValues: client.default_acr_values ?? [],
      acrEssential: false,
      claims: { id_token: {}, userinfo: {} },
      details: device.details,
      deviceCode,
      startedAt: clock.now(),
    },
  }
  records.transactions.set(transaction.id, transaction)
  exchange.setCookies.push(browserCookie(runtime, transaction.browser))
  exchange.reason = 'login page'
  return redirect(exchange.request, loginUrl(exchange, transaction))
}
