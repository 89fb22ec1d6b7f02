/** Where a user may be sent after a login: paths of this origin, nothing else. */

/**
 * Reduces a target to a path of this origin.
 *
 * @param target - What the app asked for, such as `/orders?page=2#latest`.
 * @returns Path, query and hash; `/` for anything that leads elsewhere.
 */
export function safeReturnTo(target: string): string {
  const { origin } = location
  const url = URL.canParse(target, origin) ? new URL(target, origin) : undefined
  const path = url?.origin === origin ? url.pathname + url.search + url.hash : '/'
  // Two slashes would be read as another host; a blob URL has this origin, but no path.
  return /^\/(?!\/)/.test(path) ? path : '/'
}
