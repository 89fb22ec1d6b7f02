/** Checks of fault options that go onto the wire as they are: what no platform can send is refused when a fault is armed. */
import { type Check, matching, withSchema } from '../config/shape.ts'

/** Accepts the value of a header. */
export const headerValue: Check = matching(/^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/, 'printable ASCII for a header')

/** Accepts headers by name. */
export const headersByName: Check = withSchema(
  (value, path) => {
    if (typeof value !== 'object' || value === null) throw new TypeError(`${path}: expected headers by name`)
    for (const [name, element] of Object.entries(value)) {
      headerName(name, `${path}: name`)
      headerValue(element, `${path}[${JSON.stringify(name)}]`)
    }
  },
  { type: 'object', additionalProperties: headerValue.schema },
)

/** Accepts the name of a header (RFC 9110 section 5.1). */
export const headerName: Check = matching(/^[\w!#$%&'*+.^`|~-]+$/, 'the name of a header')

/** Accepts bytes in base64. */
export const base64: Check = matching(
  /^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=|[A-Za-z0-9+/]{4})$/,
  'bytes in base64',
)

const redirects: readonly unknown[] = [301, 302, 303, 307, 308]

/** Accepts the status of a redirect. */
export const redirectStatus: Check = withSchema(
  (value, path) => {
    if (!redirects.includes(value))
      throw new TypeError(`${path}: expected one of ${redirects.join(', ')}, got ${value}`)
  },
  { enum: redirects },
)
