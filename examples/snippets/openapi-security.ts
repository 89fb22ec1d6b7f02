import { scopeAlternatives } from '@countersign/core'
import { readFiles } from '@countersign-example/shared/rules'

/** `security` of an operation in OpenAPI: each requirement is enough by itself. */
export const security = scopeAlternatives(readFiles).map((scopes) => ({ oauth2: scopes }))
