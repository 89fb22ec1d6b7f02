import { base64url } from 'jose'

/** SHA-256 of a text in base64url, as `ath` has it: stands for a token or a name where the text itself must not be kept. */
export async function digest(text: string): Promise<string> {
  return base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text))))
}
