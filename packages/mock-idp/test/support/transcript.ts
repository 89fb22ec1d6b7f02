/** Several logins, and every byte that the mock answered. Run as a program it prints them. */
import { createMockIdp, demoProject, type MockIdp, type MockIdpConfig, standardDemo } from '@countersign/mock-idp'
import { authorizeUrl, basic, type Kind, pairs, redirectUri, verifier } from './relying-party.ts'

/** Notes requests and answers: URL, status, headers, body. */
function recorded(idp: MockIdp, lines: string[]): (request: Request) => Promise<Response> {
  return async (request) => {
    const response = await idp.driver.fetch(request)
    const headers = [...response.headers].map(([name, value]) => `${name}: ${value}`)
    lines.push(`${request.method} ${request.url}`, String(response.status), ...headers, await response.clone().text())
    return response
  }
}

/** What a mock answers in logins, renewals, userinfo, machine tokens, pages and logout, and what it notes of them. */
export async function transcript(config: MockIdpConfig): Promise<string> {
  const idp = createMockIdp(config)
  const lines: string[] = []
  const send = recorded(idp, lines)
  const post = async (path: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    (await send(new Request(new URL(path, idp.origin), { method: 'POST', body: pairs(fields), headers }))).json()
  const get = (path: string, headers: Record<string, string> = {}) =>
    send(new Request(new URL(path, idp.origin), { headers }))

  await get('/')
  if (config.profile === 'standard') {
    await standardLogin(idp, send)
    return [...lines, JSON.stringify([idp.log.entries, idp.audit.entries], undefined, 1)].join('\n')
  }
  for (const issuer of [idp.issuer, idp.inboundIssuer]) await get(`${issuer}/.well-known/openid-configuration`)
  await get(`/${idp.projectId}/.well-known/jwks.json`)
  const login = async (kind: Kind, client_id: string) => {
    const url = authorizeUrl(idp, { client_id }, kind)
    await send(new Request(url))
    const callback = await idp.driver.login(url, { user: demoProject.users.mira.loginId })
    const base = kind === 'oidc' ? '/oauth2/v1' : '/oauth2/v1/apps'
    const code = callback.searchParams.get('code') ?? ''
    const fields = {
      grant_type: 'authorization_code',
      code,
      redirect_uri: redirectUri,
      client_id,
      code_verifier: verifier,
    }
    const tokens = await post(`${base}/token`, fields)
    await get(`${base}/userinfo`, { authorization: `Bearer ${tokens.access_token}` })
    idp.clock.advance(60)
    await post(`${base}/token`, { grant_type: 'refresh_token', refresh_token: tokens.refresh_token, client_id })
    return tokens
  }
  const { id_token } = await login('oidc', idp.projectId)
  await login('inbound', demoProject.spa.clientId)
  await login('inbound', demoProject.partner.clientId)
  const { clientId, clientSecret } = demoProject.agent
  await post('/oauth2/v1/apps/token', { grant_type: 'client_credentials' }, basic(clientId, clientSecret))
  idp.keys.rotate()
  await get(`/oauth2/v1/logout?${pairs({ id_token_hint: id_token })}`)
  return [...lines, JSON.stringify([idp.log.entries, idp.audit.entries], undefined, 1)].join('\n')
}

async function standardLogin(idp: MockIdp, send: (request: Request) => Promise<Response>): Promise<void> {
  await send(new Request(`${idp.issuer}/.well-known/openid-configuration`))
  await send(new Request(`${idp.issuer}/jwks`))
  const { clientId: client_id, redirectUri: redirect_uri } = standardDemo.spa
  const url = new URL('/authorize', idp.origin)
  url.search = new URL(authorizeUrl(idp, { client_id, redirect_uri, scope: 'openid profile offline_access' })).search
  await send(new Request(url))
  const callback = await idp.driver.login(url, { user: demoProject.users.mira.loginId })
  const post = async (path: string, fields: Record<string, string>) =>
    (
      await send(new Request(new URL(path, idp.origin), { method: 'POST', body: pairs({ client_id, ...fields }) }))
    ).json()
  const code = callback.searchParams.get('code') ?? ''
  const tokens = await post('/token', { grant_type: 'authorization_code', code, redirect_uri, code_verifier: verifier })
  const headers = { authorization: `Bearer ${tokens.access_token}` }
  await send(new Request(new URL('/userinfo', idp.origin), { headers }))
  idp.clock.advance(60)
  await post('/token', { grant_type: 'refresh_token', refresh_token: tokens.refresh_token })
  await send(new Request(new URL(`/logout?${pairs({ id_token_hint: tokens.id_token })}`, idp.origin)))
}

if (import.meta.main) process.stdout.write(await transcript(JSON.parse(process.argv[2] ?? '{}')))
