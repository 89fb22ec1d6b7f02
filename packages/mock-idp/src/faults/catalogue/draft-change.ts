/** What a tester may change of a token before it is signed. */
import { json, listOf, mapOf, text } from '../../config/shape.ts'
import type { TokenDraft } from '../../tokens/token-draft.ts'
import type { FaultOption } from '../fault.ts'
import type { DraftChange } from '../fault-options.ts'
import { base64 } from '../wire-checks.ts'

/** Options of the faults that change a token as the caller says. */
export const draftOptions: { readonly [Name in keyof DraftChange]-?: FaultOption } = {
  set: { check: mapOf(json), text: 'Claims to set, by name.' },
  remove: { check: listOf(text), text: 'Names of claims to take out.' },
  header: { check: mapOf(json), text: 'Header members to set, by name.' },
  removeHeader: { check: listOf(text), text: 'Names of header members to take out.' },
  payloadText: { check: text, text: 'Text of the payload instead of the claims as JSON.' },
  payloadBase64: { check: base64, text: 'Bytes of the payload in base64, instead of the claims as JSON.' },
}

/** Changes a draft. */
export function changeDraft(draft: TokenDraft, change: DraftChange): void {
  Object.assign(draft.claims, change.set)
  for (const name of change.remove ?? []) delete draft.claims[name]
  Object.assign(draft.header, change.header)
  for (const name of change.removeHeader ?? []) delete draft.header[name]
  if (change.payloadText !== undefined) draft.payload = change.payloadText
  if (change.payloadBase64 !== undefined) {
    draft.payload = Uint8Array.from(atob(change.payloadBase64), (character) => character.charCodeAt(0))
  }
}
