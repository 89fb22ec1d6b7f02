import { ConfigurationError } from '../errors.ts'
import {
  type AccessRule,
  type ClaimReference,
  type ContainedObject,
  type ContainedValue,
  claim,
  type ParameterReference,
} from './rule.ts'

/** What one entry of `authorization_details` must have, beside its type (RFC 9396 section 2.2). */
export interface AuthorizationDetailMembers {
  /** What is done with the resource. The entry has to list all of these, like those of the other lists. */
  readonly actions?: readonly (string | ParameterReference | ClaimReference)[]
  /** Where the resource is, as URIs as a rule. */
  readonly locations?: readonly (string | ParameterReference | ClaimReference)[]
  /** Kinds of data. */
  readonly datatypes?: readonly (string | ParameterReference | ClaimReference)[]
  /** Levels of privilege. */
  readonly privileges?: readonly (string | ParameterReference | ClaimReference)[]
  /** A certain resource. */
  readonly identifier?: string | ParameterReference | ClaimReference
  /** A member that entries of this type have. */
  readonly [member: string]: ContainedValue | undefined
}

/**
 * Needs what was granted with `authorization_details` (RFC 9396): one entry of this type that has all that is asked for.
 *
 * Texts are compared whole and as they are. Nothing is inferred: an entry without `actions` does not tell which it allows, so
 * that a rule about them denies, and its opposite too; `write` does not include `read`. What an entry has besides, such as an
 * amount, is not looked at: read it in the handler.
 *
 * @param type - The `type` of the entry.
 * @param members - What else this entry must have. For what separate entries may grant, use a rule for each in `allOf`.
 * @throws {ConfigurationError} `OIDC_OPTION_INVALID` when a type, or a member that is given, is not what it can be; a member
 *   that turns out to be undefined must not widen the rule.
 * @see RFC 9396 sections 2, 2.2, 9.1, 9.2 and 12
 * @example source: examples/snippets/authorization-details.ts
 */
export function authorizationDetail(type: string, members: AuthorizationDetailMembers = {}): AccessRule {
  if (typeof type !== 'string' || !type || Object.hasOwn(members, 'type')) throw invalid('type', 'one text, given once')
  for (const name of ['actions', 'locations', 'datatypes', 'privileges']) {
    if (Object.hasOwn(members, name) && !Array.isArray(members[name])) throw invalid(name, 'a list of texts')
  }
  const { identifier = '' } = members
  if (Object.hasOwn(members, 'identifier') && (!identifier || Array.isArray(identifier))) {
    throw invalid('identifier', 'one text')
  }
  return claim('authorization_details', { contains: { type, ...members } as ContainedObject })
}

function invalid(name: string, expected: string): ConfigurationError {
  return new ConfigurationError('OIDC_OPTION_INVALID', `The ${name} of authorization details must be ${expected}.`)
}
