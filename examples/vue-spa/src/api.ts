/** One row of a table. */
export type Row = Readonly<Record<string, string>>

/** What came of a call: rows, or why there are none. */
export type Answer =
  | { readonly rows: readonly Row[] }
  | { readonly status: number; readonly error: string; readonly scope?: string }

/**
 * Reads rows from the API.
 *
 * @param path - Path of the resource, such as `/contacts`.
 * @param getAccessToken - Gives the access token, renewed when that is due.
 */
export async function readRows(path: string, getAccessToken: () => Promise<string>): Promise<Answer> {
  const response = await fetch(import.meta.env.VITE_API_URL + path, {
    headers: { authorization: `Bearer ${await getAccessToken()}` },
  })
  const body = await response.json()
  if (response.ok) return { rows: body }
  // RFC 6750 section 3.1: the answer names the error, and the scope that would help.
  return { status: response.status, error: body.error, scope: body.scope }
}
