/** Reads the challenges of a refused request (RFC 9110 section 11.6.1). */

/** Parameters of a challenge, by their names in lower case. */
export type ChallengeParameters = Readonly<Record<string, string>>

/** A parameter with a quoted or plain value, or what stands alone: a scheme or its credentials. */
const part =
  /[\s,]*(?:([!#$%&'*+.^`|~\w-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^`|~\w-]+))|([!#$%&'*+./^`|~\w-]+=*))(?=[\s,]|$)/gy

/**
 * Parameters of the first challenge for an access token.
 *
 * @param header - The `WWW-Authenticate` header: several challenges may stand in one.
 * @returns Undefined without a Bearer or DPoP challenge, and for text that is no list of challenges.
 */
export function readTokenChallenge(header: string): ChallengeParameters | undefined {
  const challenges: { scheme: string; parameters: Record<string, string> }[] = []
  let read = 0
  for (const [text, name, quoted, plain, alone] of header.matchAll(part)) {
    read += text.length
    if (alone) challenges.push({ scheme: alone, parameters: {} })
    const parameters = challenges.at(-1)?.parameters
    if (!parameters) return undefined
    if (name) parameters[name.toLowerCase()] = quoted?.replaceAll(/\\(.)/g, '$1') ?? `${plain}`
  }
  if (/[^\s,]/.test(header.slice(read))) return undefined
  return challenges.find(({ scheme }) => /^(bearer|dpop)$/i.test(scheme))?.parameters
}
