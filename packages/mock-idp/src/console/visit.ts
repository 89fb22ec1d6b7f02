/** What a page of the console is: its addresses, what it shows, and the acts it offers. */
import type { MockIdp } from '../mock-idp.ts'
import type { Html } from '../pages/layout.ts'
import type { Runtime } from '../runtime.ts'
import type { Notice } from './notices.ts'

/** Where every address of the console begins. */
export const consolePath = '/mock/console'

/** One request for a page of the console. */
export interface Visit {
  /** The public interface, for acts. */
  readonly idp: MockIdp
  /** The inside of the mock, for what the public interface does not show. */
  readonly runtime: Runtime
  readonly url: URL
  /** Time of the mock in milliseconds since the epoch. */
  readonly now: number
  /** What an act has just left behind. */
  readonly notice?: Notice
  /** A path parameter, decoded. */
  param(name: string): string
}

/** A page without its frame. */
export interface View {
  readonly title: string
  readonly body: Html
}

/** One kind of page; `undefined` means there is nothing at the address. */
export interface ConsoleRoute {
  /** Path below the console, in the router's syntax. */
  readonly path: string
  show(visit: Visit): View | undefined | Promise<View | undefined>
  /** Answers a form with a page, for what changes nothing but must not stand in an address. */
  submit?(visit: Visit, form: URLSearchParams): View | Promise<View>
}

/** Something a form does. It throws a `TypeError` for what does not fit. */
export interface ConsoleAct {
  /** Path below the console. */
  readonly path: string
  act(visit: Visit, form: URLSearchParams): Notice | Promise<Notice>
}

/** One entry of the navigation with its pages and acts; acts lead back to the first page. */
export interface Section {
  readonly label: string
  /** Path below the console. */
  readonly path: string
  /** Drawing of the icon, on a ground of 16 by 16. */
  readonly icon: string
  readonly routes: readonly ConsoleRoute[]
  readonly acts: readonly ConsoleAct[]
}

/** Address of a page of the console; the segments are escaped. */
export function addressOf(...segments: readonly string[]): string {
  return [consolePath, ...segments.map(encodeURIComponent)].join('/')
}

/** A field of a form that must be filled in. */
export function fieldOf(form: URLSearchParams, name: string): string {
  const value = form.get(name)?.trim() ?? ''
  if (value === '') throw new TypeError(`${name}: expected text`)
  return value
}
