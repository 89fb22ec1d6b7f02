/** A mock with everything a request needs, and for every fault the request that meets it. */
import { demoProject, type FaultEndpoint, type FaultInfo, type MockIdp } from '@countersign/mock-idp'
import {
  authorizeUrl,
  basic,
  codeFor,
  fixedIdp,
  get,
  mira,
  pairs,
  redirectUri,
  signIn,
  verifier,
} from './relying-party.ts'

/** Sends one request, and gives its answer or the answer at the end of it. */
export type Stimulus = () => Promise<Response>

export interface Stage {
  readonly idp: MockIdp
  /** The request that meets a fault at one of its endpoints. The same one gives the same answer after `restart`. */
  stimulusFor(fault: FaultInfo, endpoint: FaultEndpoint): Stimulus
  restart(): void
}

const { agent, partner, spa } = demoProject

/** For an endpoint that a profile does not have. */
export const unserved: Stimulus = () => Promise.reject(new Error('this profile does not have the endpoint'))

/** A mock after a login of each family, with a code of each family that nobody has redeemed. */
export async function openStage(options: { readonly announceIss: boolean }): Promise<Stage> {
  const compat = {
    authorizationResponseIss: options.announceIss,
    emitAtHash: true,
    emitAuthTime: true,
    addJti: true,
    audFormat: 'string',
  } as const
  const idp = fixedIdp({ compat, refreshTokenRotation: true })
  const oidc = await signIn(idp)
  const inbound = await signIn(idp, { scope: 'openid contacts.read' }, 'inbound')
  const filesToken = await idp.tokens.accessToken({
    user: mira.id,
    client: partner.clientId,
    scope: 'files.read_public',
  })
  const codes = { oidc: await codeFor(idp), inbound: await codeFor(idp, { scope: 'openid contacts.read' }, 'inbound') }
  const { cookie } = await idp.sessions.create(mira.loginId)
  const snapshot = idp.snapshot()
  const page = { accept: 'text/html' }
  const bearer = (token: string) => ({ authorization: `Bearer ${token}` })
  const send = (path: string, body: Record<string, string>, headers: Record<string, string> = {}) =>
    idp.fetch(new Request(new URL(path, idp.origin), { method: 'POST', headers, body: pairs(body) }))

  const redeem = (kind: 'oidc' | 'inbound') =>
    send(kind === 'oidc' ? '/oauth2/v1/token' : '/oauth2/v1/apps/token', {
      grant_type: 'authorization_code',
      code: codes[kind],
      redirect_uri: redirectUri,
      client_id: kind === 'oidc' ? idp.projectId : spa.clientId,
      code_verifier: verifier,
    })
  const refresh = () =>
    send('/oauth2/v1/token', {
      grant_type: 'refresh_token',
      refresh_token: oidc.refresh_token,
      client_id: idp.projectId,
    })
  const machine = () =>
    send('/oauth2/v1/apps/token', { grant_type: 'client_credentials' }, basic(agent.clientId, agent.clientSecret))
  const endSession = (fields: Record<string, string>) =>
    get(idp, `/oauth2/v1/logout?${pairs({ id_token_hint: oidc.id_token, ...fields })}`, page)
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
    discovery: () => get(idp, `${idp.issuer}/.well-known/openid-configuration`),
    jwks: () => get(idp, `/${idp.projectId}/.well-known/jwks.json`),
    authorize: () => get(idp, authorizeUrl(idp, { prompt: 'none' })),
    token: () => redeem('oidc'),
    userinfo: () => get(idp, '/oauth2/v1/userinfo', bearer(oidc.access_token)),
    revoke: () => send('/oauth2/v1/revoke', { token: oidc.access_token, client_id: idp.projectId }),
    logout: () => endSession({ post_logout_redirect_uri: 'http://localhost:5173/bye', state: 'state-2' }),
    login: loginPage,
    consent: () => get(idp, `/consent/${idp.projectId}?state_id=unknown`, { ...page, cookie }),
    'sample-contacts': () => get(idp, '/api/contacts', bearer(inbound.access_token)),
    'sample-files': () => get(idp, '/api/files', bearer(filesToken)),
    'protected-resource': () => get(idp, '/.well-known/oauth-protected-resource/api/contacts'),
    introspect: unserved,
    register: unserved,
    par: unserved,
    'device-authorization': unserved,
    'front-channel-logout': unserved,
    async 'back-channel-logout'() {
      const logoutToken = await idp.tokens.logoutToken({ user: mira.id, sid: 'session-1' })
      return Response.json({ logout_token: logoutToken })
    },
  }
  const preflight =
    (endpoint: FaultEndpoint): Stimulus =>
    async () => {
      const paths: Partial<Record<FaultEndpoint, string>> = {
        discovery: `/${idp.projectId}/.well-known/openid-configuration`,
        jwks: `/${idp.projectId}/.well-known/jwks.json`,
        token: '/oauth2/v1/token',
        userinfo: '/oauth2/v1/userinfo',
        revoke: '/oauth2/v1/revoke',
        'sample-contacts': '/api/contacts',
        'sample-files': '/api/files',
        'protected-resource': '/.well-known/oauth-protected-resource',
      }
      return idp.fetch(new Request(new URL(paths[endpoint] ?? '/', idp.origin), { method: 'OPTIONS' }))
    }

  return {
    idp,
    restart: () => snapshot.restore(),
    stimulusFor({ name, area }, endpoint) {
      if (name === 'answer-preflight-refused') return preflight(endpoint)
      if (name.startsWith('response-')) return backAtClient
      if (name.startsWith('refresh-')) return refresh
      if (name === 'token-refresh-token-unexpected') return machine
      if (/^access-token-(client-id|scope)/.test(name)) return () => redeem('inbound')
      if (area === 'page' && endpoint === 'authorize')
        return () => get(idp, authorizeUrl(idp, { client_id: 'x' }), page)
      if (area === 'page' && endpoint === 'logout' && name.startsWith('page-')) return () => endSession({})
      return usual[endpoint]
    },
  }
}
