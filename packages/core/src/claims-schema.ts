import { ConfigurationError, ProtocolError } from './errors.ts'

export { compareScopes, type ScopeComparison } from './tokens.ts'

/** What a schema says about a value: the value it reads, or what is wrong. */
export type ClaimsSchemaResult<Claims> =
  | { readonly value: Claims; readonly issues?: undefined }
  | {
      readonly issues: readonly {
        /** What is wrong, for people. */
        readonly message: string
        /** Where it is wrong: names, or objects with a name. */
        readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
      }[]
    }

/** A schema of claims that follows Standard Schema, as those of Zod, Valibot and ArkType do. */
export interface ClaimsSchema<Claims> {
  /** The part that is the same in all libraries. */
  readonly '~standard': {
    /** Version of the standard. */
    readonly version: 1
    /** The library. */
    readonly vendor: string
    /** Reads a value; must answer at once. */
    readonly validate: (value: unknown) => ClaimsSchemaResult<Claims> | Promise<ClaimsSchemaResult<Claims>>
  }
}

/**
 * Reads what names a user in your own records: issuer and subject together. Each is unique within the other alone, and
 * nothing else stays the same: an e-mail address can change, and go to somebody else.
 *
 * @param claims - Claims of a verified token.
 * @returns A text that no other user of any issuer has.
 * @throws {ProtocolError} `OIDC_CLAIMS_INVALID` when one of the two is missing.
 * @see OpenID Connect Core 1.0 section 5.7
 */
export function readUserKey({ iss, sub }: { readonly iss?: unknown; readonly sub?: unknown }): string {
  if (typeof iss !== 'string' || typeof sub !== 'string' || !iss || !sub) {
    throw new ProtocolError(
      'OIDC_CLAIMS_INVALID',
      'A user is named by iss and sub: one of them is missing.',
      'id-token',
    )
  }
  return JSON.stringify([iss, sub])
}

/**
 * Reads claims by a schema, which gives them their type. The check happens at run time: a claim of another form is an error
 * and never a value of the wrong type.
 *
 * @param claims - Claims of a verified token, or an answer of userinfo.
 * @param schema - A schema of Zod, Valibot, ArkType or any other library that follows Standard Schema.
 * @throws {ProtocolError} `OIDC_CLAIMS_INVALID`, naming the claims and not their values.
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` for something else than a schema, or one that answers later.
 */
export function validateClaims<Claims>(claims: object, schema: ClaimsSchema<Claims>): Claims {
  const refuse = (rule: string): never => {
    throw new ConfigurationError('OIDC_OPTION_INVALID', `"claimsSchema" must ${rule}.`)
  }
  if (typeof schema?.['~standard']?.validate !== 'function') refuse('be a Standard Schema, version 1')
  const result = schema['~standard'].validate(claims)
  if (result instanceof Promise) return refuse('answer at once, not by a promise')
  if (!result.issues) return result.value
  const paths = result.issues.map(({ path = [] }) =>
    path.map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
  )
  throw new ProtocolError(
    'OIDC_CLAIMS_INVALID',
    `The claims do not have the form that "claimsSchema" wants: ${[...new Set(paths)].filter(Boolean).join(', ') || 'all of them'}. Was their scope requested and granted?`,
    'id-token',
  )
}
