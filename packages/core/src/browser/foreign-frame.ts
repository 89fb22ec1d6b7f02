/** Keeps a page of another origin from showing the app in a frame while its user signs in (RFC 9700 section 4.16). */
import { ConfigurationError } from '../errors.ts'
import { pageOf } from './timeout-diagnosis.ts'

/**
 * Refuses to begin a login where the user can not see whose page it is.
 *
 * @throws {ConfigurationError} `OIDC_FOREIGN_FRAME` when the window shows a page of another origin.
 */
export function refuseForeignFrame(): void {
  if (!pageOf(top)) {
    throw new ConfigurationError(
      'OIDC_FOREIGN_FRAME',
      'Another origin frames this page: open it by itself, and forbid that (frame-ancestors).',
    )
  }
}
