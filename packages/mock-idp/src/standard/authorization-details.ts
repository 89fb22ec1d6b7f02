/** The parameter `authorization_details` (RFC 9396): how it is read, and how much of it a client or a token may have. */
import { oauthProblem, type Problem } from '../http/problem.ts'
import type { Runtime } from '../runtime.ts'
import type { StandardClient } from './client.ts'
import type { AuthorizationDetailsType } from './settings.ts'

/** One entry: what is allowed, in the words of its type (section 2). */
export interface AuthorizationDetail {
  /** Its type, which says what the other members mean. */
  readonly type: string
  readonly [member: string]: unknown
}

/** Members that mean the same in every type (section 2.2); all but `identifier` are lists of texts. */
const commonLists: readonly string[] = ['locations', 'actions', 'datatypes', 'privileges']

const mostDetails = 50
const mostDepth = 8

/** Every type that the provider knows. */
export function supportedTypes({ standard }: Runtime): readonly AuthorizationDetailsType[] {
  return standard.resources.flatMap(({ authorizationDetailsTypes = [] }) => authorizationDetailsTypes)
}

/**
 * Reads the parameter, as a client may send it.
 *
 * @returns No entries without the parameter.
 * @throws {Problem} `invalid_authorization_details` for anything but a list of objects of types that are known and the
 *   client may use, with the members that their type has (section 5).
 */
export function readDetails(
  runtime: Runtime,
  client: StandardClient,
  text: string | undefined,
): readonly AuthorizationDetail[] {
  if (text === undefined) return []
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw invalidDetails('authorization_details is not JSON')
  }
  if (!Array.isArray(value) || value.length === 0)
    throw invalidDetails('authorization_details must be a list of objects')
  if (value.length > mostDetails) throw invalidDetails(`authorization_details has more than ${mostDetails} entries`)
  return value.map((entry: unknown, index) => checkDetail(runtime, client, entry, `authorization_details[${index}]`))
}

function checkDetail(runtime: Runtime, client: StandardClient, entry: unknown, place: string): AuthorizationDetail {
  if (!isDetail(entry)) throw invalidDetails(`${place} must be an object with a type`)
  const known = supportedTypes(runtime).find(({ type }) => type === entry.type)
  if (!known) throw invalidDetails(`${place}: the type is unknown`)
  if (client.authorization_details_types?.includes(known.type) === false) {
    throw invalidDetails(`${place}: this client is not registered for the type`)
  }
  const { required = [], members } = known
  const missing = required.find((name) => !Object.hasOwn(entry, name))
  if (missing !== undefined) throw invalidDetails(`${place} lacks ${missing}, which its type needs`)
  const own = members && new Set(['type', 'identifier', ...commonLists, ...required, ...members])
  for (const [name, value] of Object.entries(entry)) {
    if (own && !own.has(name)) throw invalidDetails(`${place} has a member that its type does not have`)
    if (commonLists.includes(name) && !isTextList(value))
      throw invalidDetails(`${place}.${name} must be a list of texts`)
    if (name === 'identifier' && typeof value !== 'string') throw invalidDetails(`${place}.${name} must be a text`)
    if (!isWithin(value, mostDepth))
      throw invalidDetails(`${place} has members in members, more than ${mostDepth} deep`)
  }
  return entry
}

/**
 * The entries of a token request, which must be among the granted ones (section 6.1): the same members, where lists of
 * the common members may be shorter.
 *
 * @returns All granted entries without the parameter.
 * @throws {Problem} `invalid_authorization_details` for an entry beyond the granted ones.
 */
export function narrowedDetails(
  runtime: Runtime,
  client: StandardClient,
  granted: readonly AuthorizationDetail[],
  text: string | undefined,
): readonly AuthorizationDetail[] {
  const asked = readDetails(runtime, client, text)
  if (text === undefined) {
    const { authorization_details_types: own } = client
    return granted.filter(({ type }) => own?.includes(type) !== false)
  }
  const beyond = asked.findIndex((entry) => !granted.some((one) => covers(one, entry)))
  if (beyond >= 0) throw invalidDetails(`authorization_details[${beyond}] is broader than what was granted`)
  return asked
}

/** A shorter list allows less; what is left out, or is of any other kind, might allow more. */
function covers(granted: AuthorizationDetail, asked: AuthorizationDetail): boolean {
  const names = Object.keys(granted)
  if (names.length !== Object.keys(asked).length) return false
  return names.every((name) => {
    if (!Object.hasOwn(asked, name)) return false
    const [have, want] = [granted[name], asked[name]]
    if (!commonLists.includes(name) || !isTextList(have) || !isTextList(want))
      return canonical(have) === canonical(want)
    return want.length > 0 ? want.every((one) => have.includes(one)) : have.length === 0
  })
}

/** The same text for the same value, whatever the order of members. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) =>
    typeof member === 'object' && member !== null && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([one], [other]) => (one < other ? -1 : 1)))
      : member,
  )
}

/** A name for each entry on the consent page: its type, and a number from the second one of a type on. */
export function namesOfDetails(details: readonly AuthorizationDetail[]): readonly string[] {
  return details.map(({ type }, index) => {
    const before = details.slice(0, index).filter((other) => other.type === type).length
    return before === 0 ? type : `${type} ${before + 1}`
  })
}

function isDetail(entry: unknown): entry is AuthorizationDetail {
  return typeof entry === 'object' && entry !== null && 'type' in entry && typeof entry.type === 'string'
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string')
}

function isWithin(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  return depth > 0 && Object.values(value).every((member) => isWithin(member, depth - 1))
}

function invalidDetails(description: string): Problem {
  return oauthProblem(400, 'invalid_authorization_details', description)
}
