/** What a configuration says about flows beside the flows themselves. */
import { type Check, flag, listOf, mapOf, oneOf, shape, text, withSchema } from '../config/shape.ts'

/** A function that flows may call; its result must be JSON. */
export type Scriptlet = (args: Readonly<Record<string, unknown>>) => unknown

/** Settings of the flow engine. */
export interface FlowSettings {
  /** Hosts that connectors may really call (`api.example`, or `127.0.0.1:8080`). Default none: the network is off. */
  readonly allowNetwork?: readonly string[]
  /** One-time codes are random instead of `123456`. Default false. */
  readonly randomCodes?: boolean
  /** Parts of names whose values runner logs redact, beside the built-in ones. Default none. */
  readonly redact?: readonly string[]
  /** What a custom claim without a value becomes: left out, `null`, or empty text. Default `delete`. */
  readonly emptyClaimPolicy?: 'delete' | 'nil' | 'none'
  /** `authInfo.cookieDomain`. Default empty. */
  readonly cookieDomain?: string
  /** `authInfo.cookiePath`. Default `/`. */
  readonly cookiePath?: string
  /** Social and SSO test doubles: provider name or tenant id to the login id of the user it answers with. */
  readonly providers?: Readonly<Record<string, string>>
  /** Text of messages with one-time codes; `{{code}}` stands for the code, and dynamic values work. */
  readonly codeMessage?: string
}

/** What {@link FlowSettings} may hold at run time. */
export const flowSettingsShape: Check = shape({
  optional: {
    allowNetwork: listOf(text),
    randomCodes: flag,
    redact: listOf(text),
    emptyClaimPolicy: oneOf('delete', 'nil', 'none'),
    cookieDomain: text,
    cookiePath: text,
    providers: mapOf(text),
    codeMessage: text,
  },
})

const aFunction: Check = (value, path) => {
  if (typeof value !== 'function') throw new TypeError(`${path}: expected a function, got ${typeof value}`)
}

/** Accepts objects whose every value is a function. */
export const functionsShape: Check = withSchema(mapOf(aFunction), false)

const handlerShape = shape({ required: { answer: aFunction }, optional: { testable: flag } })

/** Accepts handlers of connector types by name. */
export const connectorHandlersShape: Check = withSchema(
  mapOf((value, path) => (typeof value === 'function' ? undefined : handlerShape(value, path))),
  false,
)
