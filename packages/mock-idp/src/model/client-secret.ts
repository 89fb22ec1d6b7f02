import { type Check, choice, matching, oneOf, shape, text, whole } from '../config/shape.ts'

/** One secret of an inbound application; several may be good at once (IDP-SPEC 5.1). */
export interface ClientSecretConfig {
  /** Name, by which it is read and revoked; unique within the application. Default `default`, then `secret-2` and so on. */
  readonly name?: string
  /** The secret itself. Default random. */
  readonly cleartext?: string
  /** Secret id. Default random. */
  readonly id?: string
  /** A `revoked` secret is refused with `invalid_client`. Default `active`. */
  readonly status?: 'active' | 'revoked'
  /** Seconds since the epoch. Default now. */
  readonly createdTime?: number
  /** End of validity in seconds since the epoch; 0 means never. Default 0. */
  readonly expireTime?: number
}

/** A {@link ClientSecretConfig} with its defaults filled in. */
export type ClientSecret = Required<ClientSecretConfig>

const secretShape = shape({
  optional: {
    name: matching(/^.{1,100}$/, '1 to 100 characters'),
    cleartext: text,
    id: text,
    status: oneOf('active', 'revoked'),
    createdTime: whole(0),
    expireTime: whole(0),
  },
})

/** What a secret may be at run time: its text, or a {@link ClientSecretConfig}. */
export const clientSecretShape: Check = choice(
  (value) => (typeof value === 'string' ? text : secretShape),
  text,
  secretShape,
)

/** Fills the defaults of an application's secrets in. Throws a `TypeError` when two active ones have one name. */
export function buildSecrets(
  given: readonly (string | ClientSecretConfig)[],
  path: string,
  make: { readonly text: (bytes: number) => string; readonly now: number },
): readonly ClientSecret[] {
  const secrets = given.map((one, index): ClientSecret => {
    const config = typeof one === 'string' ? { cleartext: one } : one
    return Object.freeze({
      name: config.name ?? (index === 0 ? 'default' : `secret-${index + 1}`),
      cleartext: config.cleartext ?? make.text(24),
      id: config.id ?? make.text(12),
      status: config.status ?? 'active',
      createdTime: config.createdTime ?? make.now,
      expireTime: config.expireTime ?? 0,
    })
  })
  const active = secrets.filter(({ status }) => status === 'active').map(({ name }) => name)
  const twice = active.find((name, index) => active.indexOf(name) !== index)
  if (twice !== undefined) throw new TypeError(`${path}: two secrets are named ${JSON.stringify(twice)}`)
  return secrets
}

/** True when a secret is active and has not expired. */
export function isGoodSecret(secret: ClientSecret, nowSeconds: number): boolean {
  return secret.status === 'active' && (secret.expireTime === 0 || secret.expireTime > nowSeconds)
}
