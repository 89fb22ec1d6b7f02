import { defaultSignatures } from './signatures.ts'

/** SHA-256 of a text in base64url, as `ath` has it: stands for a token or a name where the text itself must not be kept. */
export async function digest(text: string): Promise<string> {
  return defaultSignatures().digest(text)
}
