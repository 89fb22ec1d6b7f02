/** What `form.<name>` makes of input: from screens, flow inputs and `login_hint` alike (IDP-SPEC S-330 to S-352). */
import { isPhone } from './conditions.ts'

const lists: ReadonlySet<string> = new Set(['invitees', 'selfProvisionDomains'])

/** A value in the form that its key has; `undefined` when nothing was entered. */
export function formValue(name: string, given: unknown): unknown {
  if (lists.has(name)) return listOf(given)
  if (typeof given !== 'string') return given
  if (name === 'email') return normalEmail(given)
  return name === 'phone' ? normalPhone(given) : given
}

/** Trimmed, with the domain in lower case. */
export function normalEmail(text: string): string {
  const trimmed = text.trim()
  const at = trimmed.lastIndexOf('@')
  return at === -1 ? trimmed : trimmed.slice(0, at) + trimmed.slice(at).toLowerCase()
}

/** E.164 when it reads as a telephone number, else as it is. */
export function normalPhone(text: string): string {
  return isPhone(text) ? text.replaceAll(/[\s()-]/g, '') : text
}

/** A list of texts from a list, or from text with commas or blanks between; `undefined` for an empty one. */
function listOf(given: unknown): readonly string[] | undefined {
  const entries = [given].flat().flatMap((entry) => (typeof entry === 'string' ? entry.split(/[\s,]+/) : []))
  const texts = entries.filter((entry) => entry !== '')
  return texts.length > 0 ? texts : undefined
}
