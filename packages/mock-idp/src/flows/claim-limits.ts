/** Limits of custom claims (IDP-SPEC 3.6). */
import { type Check, listOf, oneOf, withSchema } from '../config/shape.ts'

/** Characters of a claim name. */
export const longestClaimName = 60
/** Characters of the JSON text of a value. */
export const longestClaimValue = 500
/** Claims of one token. */
export const mostClaims = 100

const valueTypes: Readonly<Record<string, readonly string[]>> = {
  string: ['string'],
  number: ['number'],
  boolean: ['boolean'],
  dynamic: ['string'],
  json: ['string', 'number', 'boolean', 'object'],
}

const checkClaim = (given: unknown, path: string): void => {
  const { key, type, value, ...other } = Object(given) as Record<string, unknown>
  const [extra] = Object.keys(other)
  if (extra !== undefined) throw new TypeError(`${path}.${extra} is not an option; allowed are key, type, value`)
  if (typeof key !== 'string' || key === '' || key.length > longestClaimName) {
    throw new TypeError(`${path}.key: expected a claim name of 1 to ${longestClaimName} characters`)
  }
  oneOf(...Object.keys(valueTypes))(type, `${path}.type`)
  const fitting = valueTypes[String(type)] ?? []
  if (!fitting.includes(typeof value)) {
    throw new TypeError(`${path}.value: the type ${String(type)} takes ${fitting.join(', ')}, got ${typeof value}`)
  }
  if (type !== 'dynamic' && (JSON.stringify(value)?.length ?? 0) > longestClaimValue + 2) {
    throw new TypeError(`${path}.value: expected at most ${longestClaimValue} characters of JSON text`)
  }
}

const claim: Check = withSchema(checkClaim, {
  type: 'object',
  properties: {
    key: { type: 'string', minLength: 1, maxLength: longestClaimName },
    type: { enum: Object.keys(valueTypes) },
    value: {},
  },
  required: ['key', 'type', 'value'],
  additionalProperties: false,
})

/** Accepts the claims of one action; reserved names are dropped when the action runs. */
export const checkClaims: Check = withSchema((given, path) => {
  listOf(claim)(given, path)
  if (Array.isArray(given) && given.length > mostClaims) {
    throw new TypeError(`${path}: expected at most ${mostClaims} claims`)
  }
}, listOf(claim).schema ?? {})
