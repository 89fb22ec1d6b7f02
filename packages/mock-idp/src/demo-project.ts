/**
 * The project a mock has when nothing is configured: two tenants, three users, an OIDC application, three inbound
 * applications and one access key. Every value is a public test value.
 */

const projectId = 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H'
const acme = 'T2mockVb4Wn8Gx6Cd3Hp7Kq9Ls5M'
const globex = 'T2mockZt9Yr5Ue7Io3Pa6Sd8Fg4J'

/** What a demo user types, and what the tokens say about them. */
export interface DemoUser {
  /** User id, the `sub` of tokens. */
  readonly id: string
  /** What is typed into the login field. */
  readonly loginId: string
  /** The password. */
  readonly password: string
  /** Display name. */
  readonly name: string
}

/** Constants of the fixture project, so that demos, examples and tests never repeat them. */
export interface DemoProject {
  /** Project id, which is also the client id of the default OIDC application. */
  readonly projectId: string
  /** Key of the management API, sent as `Bearer <project id>:<key>`. */
  readonly managementKey: string
  /** Tenant ids by short name. */
  readonly tenants: { readonly acme: string; readonly globex: string }
  /** Users by short name. */
  readonly users: {
    /** Staff at project level; Book Keeper, Contact Reader and Contact Editor in Acme; a plain member of Globex. */
    readonly mira: DemoUser
    /** Member of Globex only, Contact Reader there: may read contacts, not write them. */
    readonly noa: DemoUser
    /** A disabled user: the right password is refused. */
    readonly iva: DemoUser
  }
  /** The default OIDC application: authorization code with PKCE, no secret. */
  readonly oidc: { readonly clientId: string }
  /** The inbound application "Demo" for a single-page app: public, PKCE. */
  readonly spa: { readonly appId: string; readonly clientId: string; readonly scopes: readonly string[] }
  /** The inbound application "Demo Agent": confidential, client credentials with Basic or post. */
  readonly agent: {
    readonly appId: string
    readonly clientId: string
    readonly clientSecret: string
    readonly scopes: readonly string[]
  }
  /** The inbound application "Demo Partner": public, PKCE, and the one that shows the consent page. */
  readonly partner: { readonly appId: string; readonly clientId: string; readonly scopes: readonly string[] }
  /** An access key for client credentials of the OIDC family: Basic with this client id (or the project id) and secret. */
  readonly accessKey: { readonly id: string; readonly clientId: string; readonly clientSecret: string }
}

const spaAppId = 'TPA2mokJp6Ys8Wd4Ng7Zb3Rc9Tv5X'
const agentAppId = 'TPA2mokAg3Hn7Lq5Sv8Xc4Ke6Yb9M'
const partnerAppId = 'TPA2mokPt5Rq8Wz3Ln6Jc9Vb4Xs7Dh'
const keyId = 'K2mockHv7Zq3Le9Ps5Xa8Uf4Gm6C'

/** The fixture project of every mock without configuration. */
export const demoProject: DemoProject = {
  projectId,
  managementKey: 'mock-management-key-Jw4Nc7Tg2Lx9',
  tenants: { acme, globex },
  users: {
    mira: {
      id: 'U2mockDs5Fk9Tj3Nb7Qy4Ra8We6Z',
      loginId: 'mira@acme.example',
      password: 'mira-password',
      name: 'Mira Tal',
    },
    noa: {
      id: 'U2mockNg6Hw2Pc8Lx5Vk9Bt3Jd7S',
      loginId: 'noa@globex.example',
      password: 'noa-password',
      name: 'Noa Ben',
    },
    iva: {
      id: 'U2mockIv4Tc7Mz9Rf3Kq6Wd8Lp5G',
      loginId: 'iva@acme.example',
      password: 'iva-password',
      name: 'Iva Lost',
    },
  },
  oidc: { clientId: projectId },
  spa: {
    appId: spaAppId,
    clientId: btoa(`${projectId}:${spaAppId}`),
    scopes: ['contacts.read', 'contacts.write', 'billing.read', 'billing.write', 'birthday'],
  },
  agent: {
    appId: agentAppId,
    clientId: btoa(`${projectId}:${agentAppId}`),
    clientSecret: 'mock-agent-secret-Rt7Yq2Ws9Ed4',
    scopes: ['contacts.read', 'contacts.write'],
  },
  partner: {
    appId: partnerAppId,
    clientId: btoa(`${projectId}:${partnerAppId}`),
    scopes: ['contacts.read', 'contacts.write', 'files.read_public', 'files.read_private', 'birthday'],
  },
  accessKey: {
    id: keyId,
    clientId: btoa(`${projectId}:${keyId}`),
    clientSecret: 'mock-access-key-Pz5Xk8Vn3Bm6',
  },
}
