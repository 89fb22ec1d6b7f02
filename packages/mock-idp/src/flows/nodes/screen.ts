/** Screens: what is shown, and what a submission brings in. */
import { phrase } from '../../pages/texts.ts'
import { isEmail } from '../conditions.ts'
import { consentOf } from '../consent-request.ts'
import type { FlowButton, FlowField, ScreenNode } from '../definition.ts'
import type { Execution } from '../execution.ts'
import { formValue, normalEmail, normalPhone } from '../form-values.ts'
import { matchesPattern } from '../pattern.ts'
import { type Resolve, resolveTemplate, resolveText } from '../template.ts'
import type { NodeMove, NodeRun } from './node-run.ts'

/** Values of one submission; a list where a name came more than once. */
export type FormInput = Readonly<Record<string, unknown>>

/** Waits for a submission. */
export function runScreen({ runtime, execution, node, id, resolve }: NodeRun<ScreenNode>): NodeMove {
  // What cannot be granted is not asked for: the error of that rule ends the run (IDP-SPEC 5.4 step 3).
  if (node.show?.includes('inbound-app-scopes')) consentOf(runtime, execution)
  execution.lastScreen = { depth: execution.frames.length, node: id }
  for (const field of node.fields ?? []) {
    if (execution.form[field.name] !== undefined || field.default === undefined) continue
    const value = resolveTemplate(field.default, resolve)
    if (value !== undefined && value !== '') execution.form[field.name] = formValue(field.name, value)
  }
  execution.log.add({
    title: node.title === undefined ? id : resolveText(node.title, resolve),
    log: 'shown',
    nodeId: id,
    kind: 'screen.shown',
    data: { fields: (node.fields ?? []).map(({ name }) => name), buttons: node.buttons.map((button) => button.id) },
  })
  return { wait: true }
}

/** Takes a submission in. Returns the pressed button, or what is wrong with the input. */
export function readSubmission(
  { execution, node, id, resolve }: NodeRun<ScreenNode>,
  buttonId: string | undefined,
  input: FormInput,
): { readonly button: FlowButton } | { readonly problem: string } {
  const button = buttonId === undefined ? node.buttons[0] : node.buttons.find((one) => one.id === buttonId)
  if (!button) return { problem: execution.texts.buttonUnknown }
  for (const field of node.fields ?? []) {
    const document = field.type === 'file' ? documentValue(input[field.name]) : undefined
    if (document) execution.documents[field.name] = document
    const value = document ? dataUrl(document) : fieldValue(field, input[field.name])
    if (value === undefined) delete execution.form[field.name]
    else execution.form[field.name] = value
  }
  if (node.show?.includes('inbound-app-scopes')) {
    const chosen = input.inboundAppApproveScopes ?? input.thirdPartyAppApproveScopes ?? []
    execution.form.inboundAppApproveScopes = [chosen].flat().flatMap((entry) => String(entry).split(' '))
  }
  execution.log.add({
    title: id,
    log: `button ${button.id}`,
    nodeId: id,
    kind: 'screen.submitted',
    data: { button: button.id, form: Object.fromEntries((node.fields ?? []).map(({ name }) => [name, input[name]])) },
  })
  const problem = button.skipValidation ? undefined : firstProblem(node, execution, resolve)
  return problem === undefined ? { button } : { problem }
}

const largestDocument = 1024 * 1024

/** A submitted value in the form that `form.<name>` has; `undefined` when nothing fitting was entered. */
function fieldValue({ name, type, options }: FlowField, given: unknown): unknown {
  if (type === 'checkbox') return given === true || given === 'on' || given === 'true'
  if (given === undefined || given === null || given === '' || type === 'file') return undefined
  if (Array.isArray(given)) return formValue(name, given)
  if (typeof given === 'object') return undefined
  const text = String(given)
  if (type === 'email') return normalEmail(text)
  if (type === 'phone') return normalPhone(text)
  if (type === 'select') return options === undefined || options.includes(text) ? text : undefined
  return type === 'password' ? text : formValue(name, text.trim())
}

interface UploadedDocument {
  readonly fileName: string
  readonly contentType: string
  readonly size: number
  readonly data: string
}

function documentValue(given: unknown): UploadedDocument | undefined {
  const { fileName, contentType, data } = Object(given) as Record<string, unknown>
  if (typeof fileName !== 'string' || typeof contentType !== 'string' || typeof data !== 'string') return undefined
  const size = Math.floor((data.replace(/=+$/, '').length * 3) / 4)
  return size > largestDocument ? undefined : { fileName, contentType, size, data }
}

function dataUrl({ contentType, data }: UploadedDocument): string {
  return `data:${contentType};base64,${data}`
}

function firstProblem(node: ScreenNode, { form, texts }: Execution, resolve: Resolve): string | undefined {
  for (const field of node.fields ?? []) {
    const value = form[field.name]
    const label = resolveText(phrase(texts, field.label ?? field.name), resolve)
    const about = (text: string): string => text.replace('{field}', () => label)
    if (value === undefined || value === false) {
      if (field.required) return about(texts.fieldMissing)
      continue
    }
    if (field.type === 'email' && !isEmail(value)) return about(texts.fieldNotEmail)
    if (field.pattern !== undefined && !matchesPattern(`^(?:${field.pattern})$`, String(value))) {
      return about(texts.fieldNotFitting)
    }
  }
  return undefined
}
