/** Checks of a flow when it is loaded (IDP-SPEC 4.3, "Load-time checks"): the path, and what is allowed, in every error. */
import {
  type Check,
  choice,
  flag,
  json,
  listOf,
  mapOf,
  matching,
  oneOf,
  shape,
  text,
  whole,
  withSchema,
} from '../config/shape.ts'
import { checkClaims } from './claim-limits.ts'
import { operators, timeOperators, withoutOperand } from './conditions.ts'
import type { ConditionNode, FlowDefinition, FlowNode, FlowTest } from './definition.ts'
import { checkGraph } from './graph-check.ts'
import { parsePath } from './path.ts'
import { compilePattern } from './pattern.ts'
import { barePath, hasPlaceholder } from './template.ts'

/** Names that a flow may use. */
export interface KnownNames {
  readonly connectors: readonly string[]
  readonly flows: readonly string[]
  readonly scriptlets: readonly string[]
  readonly actions: readonly string[]
}

const key: Check = withSchema((value, path) => {
  text(value, path)
  if (typeof value === 'string' && parsePath(barePath(value)) === undefined) {
    throw new TypeError(`${path}: expected a path such as "user.email", at most 20 names deep, got ${quoted(value)}`)
  }
}, text.schema ?? {})

const anyText: Check = withSchema(
  (value, path) => {
    if (typeof value !== 'string') throw new TypeError(`${path}: expected text, got ${typeof value}`)
  },
  { type: 'string' },
)

const checkValue = (given: unknown, path: string): void => {
  if (['string', 'number', 'boolean'].includes(typeof given)) return
  shape({ optional: { dynamic: key, json } })(given, path)
  if (Object.keys(Object(given)).length !== 1) {
    throw new TypeError(`${path}: expected text, a number, true, false, { dynamic } or { json }`)
  }
}

/** Text with placeholders, a number, true or false, `{ dynamic }` or `{ json }`. */
const value: Check = withSchema(checkValue, {
  anyOf: [
    { type: ['string', 'number', 'boolean'] },
    shape({ required: { dynamic: key } }).schema ?? {},
    shape({ required: { json } }).schema ?? {},
  ],
})

const operand: Check = choice((given) => (Array.isArray(given) ? listOf(value) : value), value, listOf(value))

const errorRoute: Check = shape({ required: { mode: oneOf('custom'), next: text }, optional: { byCode: mapOf(text) } })
const errorMode: Check = shape({
  required: { mode: oneOf('automatic', 'custom', 'ignore') },
  optional: { message: anyText },
})
const onError: Check = choice(
  (given) => (Reflect.get(Object(given), 'mode') === 'custom' ? errorRoute : errorMode),
  errorRoute,
  shape({ required: { mode: oneOf('automatic', 'ignore') }, optional: { message: anyText } }),
)

const test: Check = shape({
  required: { key, op: oneOf(...Object.keys(operators)) },
  optional: { value: operand, unit: oneOf('minutes', 'hours', 'days') },
})

const fieldTypes = ['text', 'email', 'phone', 'password', 'code', 'checkbox', 'select', 'file']
const fieldName = matching(/^[A-Za-z]\w*$/, 'a name of letters, digits and _')
const regularExpression: Check = withSchema((given, path) => {
  text(given, path)
  checkPattern(String(given), path)
}, text.schema ?? {})

const nodeShapes: Readonly<Record<FlowNode['kind'], Check>> = {
  screen: shape({
    required: {
      kind: oneOf('screen'),
      buttons: listOf(
        shape({ required: { id: text, label: anyText, next: text }, optional: { skipValidation: flag } }),
      ),
    },
    optional: {
      title: anyText,
      text: anyText,
      show: listOf(oneOf('inbound-app-logo', 'inbound-app-scopes', 'error')),
      fields: listOf(
        shape({
          required: { name: fieldName, type: oneOf(...fieldTypes) },
          optional: {
            label: anyText,
            required: flag,
            default: anyText,
            options: listOf(text),
            pattern: regularExpression,
          },
        }),
      ),
    },
  }),
  action: shape({
    required: { kind: oneOf('action'), action: text, next: text },
    optional: { name: text, args: mapOf(value), claims: checkClaims, onError },
  }),
  condition: shape({
    required: {
      kind: oneOf('condition'),
      rules: listOf(
        shape({ required: { next: text }, optional: { name: text, all: listOf(test), any: listOf(test) } }),
      ),
      else: text,
    },
    optional: { name: text },
  }),
  connector: shape({
    required: {
      kind: oneOf('connector'),
      connector: text,
      next: text,
      contextKey: matching(/^(connectors\.)?[A-Za-z][\w-]*$/, 'a name of letters, digits, "-" and "_"'),
    },
    optional: {
      name: text,
      method: oneOf('GET', 'POST', 'PUT', 'PATCH', 'DELETE'),
      endpoint: anyText,
      query: mapOf(value),
      headers: mapOf(anyText),
      body: json,
      timeoutSeconds: whole(1, 60),
      runAsync: flag,
      onError,
    },
  }),
  scriptlet: shape({
    required: { kind: oneOf('scriptlet'), fn: text, next: text },
    optional: { name: text, args: mapOf(value), contextKey: fieldName, onError },
  }),
  subflow: shape({ required: { kind: oneOf('subflow'), flow: text, next: text }, optional: { onError } }),
  end: shape({
    required: { kind: oneOf('end'), outcome: oneOf('success', 'failure') },
    optional: {
      message: anyText,
      output: mapOf(value),
      sessionCookieName: matching(/^(?!DS$)[A-Za-z][\w-]{0,63}$/, 'a name of letters, digits, "-" and "_", not DS'),
    },
  }),
}

const node: Check = withSchema(
  (given, path) => {
    const kind: unknown = Reflect.get(Object(given), 'kind')
    oneOf(...Object.keys(nodeShapes))(kind, `${path}.kind`)
    nodeShapes[kind as FlowNode['kind']](given, path)
  },
  { anyOf: Object.values(nodeShapes).map(({ schema }) => schema ?? true) },
)

/** What a {@link FlowDefinition} may hold at run time, its references left aside. */
export const definitionShape: Check = shape({
  required: {
    id: matching(/^[\w.-]{1,100}$/, 'a flow id of letters, digits, "-", "_" and "."'),
    start: text,
    nodes: mapOf(node),
  },
  optional: {
    name: text,
    version: whole(1),
    requires: shape({ optional: { session: flag, stepUp: flag, consent: flag } }),
  },
})

/**
 * Checks a definition.
 *
 * @param path - Its place, such as `config.flows[0]`.
 * @returns Warnings.
 * @throws {TypeError} With the path of the first field that does not fit and what is allowed there.
 */
export function checkFlow(definition: FlowDefinition, path: string, known: KnownNames): readonly string[] {
  definitionShape(definition, path)
  const warnings: string[] = []
  const { nodes } = definition
  for (const [id, node] of Object.entries(nodes)) {
    const place = `${path}.nodes[${quoted(id)}]`
    checkReferences(node, place, known)
    if (node.kind === 'condition') warnings.push(...checkCondition(node, place))
    if (node.kind === 'screen' && node.buttons.length === 0) {
      throw new TypeError(`${place}.buttons: at least one button is needed`)
    }
    if (node.kind === 'action' && node.claims !== undefined && node.action !== 'custom-claims') {
      throw new TypeError(`${place}.claims: only the action custom-claims takes claims`)
    }
  }
  warnings.push(...checkGraph(definition, path))
  const stores = Object.values(nodes).some((node) => node.kind === 'action' && node.action === 'update-user-consent')
  if (definition.requires?.consent && !stores) {
    warnings.push(`${path}: no action update-user-consent, so inbound applications get access_denied, consent_missing`)
  }
  return warnings
}

function checkReferences(node: FlowNode, place: string, known: KnownNames): void {
  const among = (field: string, name: string, names: readonly string[]): void => {
    if (names.includes(name)) return
    throw new TypeError(`${place}.${field}: ${quoted(name)} does not exist; there is ${names.join(', ') || 'none'}`)
  }
  if (node.kind === 'connector') among('connector', node.connector, known.connectors)
  if (node.kind === 'subflow') among('flow', node.flow, known.flows)
  if (node.kind === 'scriptlet') among('fn', node.fn, known.scriptlets)
  if (node.kind === 'action') among('action', node.action, known.actions)
}

function checkCondition(node: ConditionNode, place: string): string[] {
  const tests: FlowTest[] = []
  for (const [index, rule] of node.rules.entries()) {
    if ((rule.all ?? []).length + (rule.any ?? []).length === 0) {
      throw new TypeError(`${place}.rules[${index}]: a rule needs tests under "all" or "any"`)
    }
    for (const list of ['all', 'any'] as const) {
      for (const [at, one] of (rule[list] ?? []).entries()) {
        checkOperand(one, `${place}.rules[${index}].${list}[${at}]`)
        tests.push(one)
      }
    }
  }
  const timed = tests.filter(({ op }) => timeOperators.has(op)).map(({ key: at }) => barePath(at))
  const guarded = tests.filter(({ op }) => op === 'empty' || op === 'not-empty').map(({ key: at }) => barePath(at))
  return [...new Set(timed)]
    .filter((at) => !guarded.includes(at))
    .map((at) => `${place}: ${at} is missing before a first login, and both time operators are false then; test empty`)
}

function checkOperand({ op, value: given, unit }: FlowTest, place: string): void {
  if (withoutOperand.has(op)) {
    if (given !== undefined) throw new TypeError(`${place}.value: the operator ${op} takes no value`)
  } else if (given === undefined) throw new TypeError(`${place}.value: the operator ${op} needs a value`)
  if (timeOperators.has(op) !== (unit !== undefined)) {
    throw new TypeError(`${place}.unit: minutes, hours or days, for ${[...timeOperators].join(' and ')} only`)
  }
  // A pattern with placeholders is known only when the flow runs.
  const isPattern = op === 'matches' && typeof given === 'string' && !hasPlaceholder(given)
  if (isPattern) checkPattern(given, `${place}.value`)
}

/** A pattern must compile within its limits. */
function checkPattern(pattern: string, path: string): void {
  try {
    compilePattern(pattern)
  } catch (error) {
    throw new TypeError(`${path}: ${error instanceof Error ? error.message : String(error)}, got ${quoted(pattern)}`)
  }
}

function quoted(text: string): string {
  return JSON.stringify(text)
}
