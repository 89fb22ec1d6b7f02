import { anyOf, scope, scopeAlternatives } from '@countersign/core'

const readFiles = anyOf(scope('files.read_public'), scope('files.read_private'))

/** `security` of an operation in OpenAPI: each requirement is enough by itself. */
export const security = scopeAlternatives(readFiles).map((scopes) => ({ oauth2: scopes }))
