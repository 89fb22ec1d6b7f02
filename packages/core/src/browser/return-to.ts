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
  const path = url?.origin === origin ? url.href.slice(origin.length) : '/'
  // A path that starts with two slashes would be read as another host.
  return path.startsWith('//') ? '/' : path
}
