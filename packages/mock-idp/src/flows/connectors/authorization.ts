/** How a connector shows who it is (IDP-SPEC 4.5). */
import { FlowError } from '../flow-error.ts'
import type { Connector, ConnectorAuthentication } from './connector.ts'
import { toBase64 } from './hmac.ts'
import type { ConnectorTransport } from './transport.ts'

type ClientCredentials = Extract<ConnectorAuthentication, { type: 'oauth2ClientCredentials' }>

/** Headers that authenticate a request; they win over headers of the node. */
export async function authorizationHeaders(
  connector: Connector,
  transport: ConnectorTransport,
): Promise<readonly (readonly [string, string])[]> {
  const { authentication } = connector
  switch (authentication.type) {
    case 'none':
      return []
    case 'bearerToken':
      return [['Authorization', `Bearer ${authentication.token}`]]
    case 'basic':
      return [['Authorization', `Basic ${basic(authentication.username, authentication.password)}`]]
    case 'apiKey':
      return [[authentication.header, authentication.value]]
    case 'oauth2ClientCredentials':
      return [['Authorization', `Bearer ${await fetchToken(connector, authentication, transport)}`]]
  }
}

function basic(id: string, secret: string): string {
  return toBase64(new TextEncoder().encode(`${id}:${secret}`))
}

async function fetchToken(
  connector: Connector,
  settings: ClientCredentials,
  transport: ConnectorTransport,
): Promise<string> {
  const { clientId, clientSecret, tokenUrl, style = 'header', scopes = [] } = settings
  const body = new URLSearchParams({ grant_type: 'client_credentials' })
  if (scopes.length > 0) body.set('scope', scopes.join(' '))
  const headers = new Headers(settings.headers)
  if (style === 'header') headers.set('Authorization', `Basic ${basic(clientId, clientSecret)}`)
  else {
    body.set('client_id', clientId)
    body.set('client_secret', clientSecret)
  }
  const failed = new FlowError('ConnectorNetwork', 'the token endpoint of the connector gave no token')
  const response = await transport
    .send(connector, new Request(tokenUrl, { method: 'POST', headers, body, redirect: 'manual' }), 10)
    .catch(() => {
      throw failed
    })
  const answer: unknown = await response.json().catch(() => undefined)
  const token: unknown = response.ok ? Reflect.get(Object(answer), 'access_token') : undefined
  if (typeof token !== 'string') throw failed
  return token
}
