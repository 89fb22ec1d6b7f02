/** A mock of the standard profile, and for every fault the request that meets it. */
import type { FaultEndpoint, FaultInfo } from '@countersign/mock-idp'
import { challenge, claimsOf, get, mira, pairs, post, verifier } from './relying-party.ts'
import {
  asWeb,
  authorizeUrl,
  codeFor,
  device,
  redeem,
  signIn,
  spa,
  standardIdp,
  web,
  webAuth,
} from './standard-client.ts'
import { type Stage, type Stimulus, unserved } from './stimuli.ts'

const home = 'http://localhost:5173/'
const scope = 'openid offline_access'

/** A mock after a login at two clients, with a code that nobody has redeemed. */
export async function openStandardStage(): Promise<Stage> {
  const delivered: FormData[] = []
  const receive = async (request: Request) => {
    delivered.push(await request.formData())
    return new Response()
  }
  const idp = standardIdp({ standard: { fetch: receive } })
  idp.clients.update(web.clientId, {
    backchannel_logout_uri: 'http://localhost:3000/backchannel',
    frontchannel_logout_uri: 'http://localhost:3000/frontchannel',
    frontchannel_logout_session_required: true,
  })
  const atWeb = (await redeem(idp, await codeFor(idp, asWeb), { ...asWeb, client_id: undefined }, webAuth)).body
  const { sid } = claimsOf(atWeb.id_token)
  const code = await codeFor(idp, { scope })
  const tokens = await signIn(idp, { scope })
  const snapshot = idp.snapshot()
  const page = { accept: 'text/html' }
  const bearer = { authorization: `Bearer ${tokens.access_token}` }
  const { cookies } = idp.driver
  const pushed = {
    response_type: 'code',
    redirect_uri: web.redirectUri,
    scope: 'openid',
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }

  const registration = {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ redirect_uris: ['https://app.example/callback'] }),
  }

  const redeemed = () =>
    post(idp, '/token', {
      grant_type: 'authorization_code',
      code,
      redirect_uri: spa.redirectUri,
      client_id: spa.clientId,
      code_verifier: verifier,
    })
  const refreshed = () =>
    post(idp, '/token', {
      grant_type: 'refresh_token',
      refresh_token: tokens.refresh_token,
      client_id: spa.clientId,
    })
  const machine = () => post(idp, '/token', { grant_type: 'client_credentials', scope: 'contacts.read' }, webAuth)
  const introspectedAsJwt = () =>
    post(
      idp,
      '/introspect',
      { token: atWeb.access_token },
      { ...webAuth, accept: 'application/token-introspection+jwt' },
    )
  const polled = () =>
    post(idp, '/token', {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: 'unknown',
      client_id: device.clientId,
    })
  const endSession = (fields: Record<string, string>) =>
    get(idp, `/logout?${pairs({ id_token_hint: tokens.id_token, ...fields })}`, { ...page, cookie: cookies })
  const loginPage = async () => {
    const first = await get(idp, authorizeUrl(idp))
    return get(idp, first.headers.get('location') ?? '', { ...page, cookie: first.headers.getSetCookie()[0] ?? '' })
  }
  const backAtClient = async () => {
    idp.driver.clearCookies()
    const callback = await idp.driver.login(authorizeUrl(idp), { user: mira.loginId })
    return new Response(null, { status: 302, headers: { Location: callback.href } })
  }

  const usual: Record<FaultEndpoint, Stimulus> = {
    discovery: () => get(idp, '/.well-known/openid-configuration'),
    jwks: () => get(idp, '/jwks'),
    authorize: () => get(idp, authorizeUrl(idp, { prompt: 'none' })),
    token: redeemed,
    userinfo: () => get(idp, '/userinfo', bearer),
    revoke: () => post(idp, '/revoke', { token: tokens.access_token, client_id: spa.clientId }),
    logout: () => endSession({ post_logout_redirect_uri: home, state: 'state-2' }),
    login: loginPage,
    consent: () => get(idp, '/consent?state_id=unknown', { ...page, cookie: cookies }),
    'sample-contacts': unserved,
    'sample-files': unserved,
    'protected-resource': unserved,
    register: () => idp.fetch(new Request(new URL('/register', idp.origin), registration)),
    introspect: () => post(idp, '/introspect', { token: atWeb.access_token }, webAuth),
    par: () => post(idp, '/par', pushed, webAuth),
    'device-authorization': () =>
      post(idp, '/device_authorization', { client_id: device.clientId, scope: 'contacts.read' }),
    async 'back-channel-logout'() {
      idp.sessions.end(sid)
      await idp.logouts.settled()
      return Response.json({ logout_token: delivered.at(-1)?.get('logout_token') })
    },
    async 'front-channel-logout'() {
      const [call] = idp.logouts.frontChannel(sid)
      const { uri = '', withoutCookies } = call ?? {}
      return new Response(JSON.stringify({ withoutCookies }), { status: 302, headers: { Location: uri } })
    },
  }
  const paths: Partial<Record<FaultEndpoint, string>> = {
    discovery: '/.well-known/openid-configuration',
    jwks: '/jwks',
    token: '/token',
    userinfo: '/userinfo',
    revoke: '/revoke',
    introspect: '/introspect',
    par: '/par',
    'device-authorization': '/device_authorization',
    register: '/register',
  }
  const preflights = new Map(
    Object.entries(paths).map(([endpoint, path]): [string, Stimulus] => [
      endpoint,
      () => idp.fetch(new Request(new URL(path, idp.origin), { method: 'OPTIONS' })),
    ]),
  )

  return {
    idp,
    restart: () => snapshot.restore(),
    stimulusFor({ name, area }: FaultInfo, endpoint) {
      if (name === 'answer-preflight-refused') return preflights.get(endpoint) ?? unserved
      if (name.startsWith('response-')) return backAtClient
      if (name.startsWith('refresh-')) return refreshed
      if (name.startsWith('introspection-jwt-')) return introspectedAsJwt
      if (name.startsWith('device-') && endpoint === 'token') return polled
      if (name === 'token-refresh-token-unexpected') return machine
      if (area === 'page' && endpoint === 'authorize')
        return () => get(idp, authorizeUrl(idp, { client_id: 'x' }), page)
      if (area === 'page' && endpoint === 'logout' && name.startsWith('page-')) return () => endSession({})
      return usual[endpoint]
    },
  }
}
