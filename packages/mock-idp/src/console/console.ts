/**
 * The console of a mock: pages that show what is going on, and forms that act (IDP-SPEC 2.17; DESIGN 5.39).
 *
 * Every page works without script. Reads pass the guard of the control surface; a form must also name its own origin,
 * which browsers write themselves. Programs use the control surface instead.
 */
import { type Context, Hono } from 'hono'
import { html } from 'hono/html'
import { type LocalCaller, refusalOf } from '../control/guard.ts'
import { bodyText, mostDocumentBytes, tooLarge } from '../http/body.ts'
import type { MockIdp } from '../mock-idp.ts'
import type { Html } from '../pages/layout.ts'
import type { Runtime } from '../runtime.ts'
import { eventStream } from './events.ts'
import { frame } from './frame.ts'
import { createNotices, type Notice } from './notices.ts'
import { script } from './script.ts'
import { sections } from './sections.ts'
import { styles } from './styles.ts'
import { type ConsoleAct, type ConsoleRoute, consolePath, type Section, type View, type Visit } from './visit.ts'

/** Answers a request for the console. */
export type Console = (request: Request, caller: LocalCaller) => Promise<Response>

const securityHeaders: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-store',
  'Content-Security-Policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'self'; form-action 'self'; " +
    "base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // With `no-referrer` a browser would send forms with `Origin: null`.
  'Referrer-Policy': 'same-origin',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
}

/** Builds the console of one mock. */
export function createConsole(idp: MockIdp, runtime: Runtime): Console {
  const notices = createNotices()
  const app = new Hono({ strict: false }).basePath(consolePath)

  const visitOf = (context: Context): Visit => {
    const url = new URL(context.req.url)
    const notice = isHead(context) ? undefined : notices.take(url.searchParams.get('notice'))
    return {
      idp,
      runtime,
      url,
      now: runtime.clock.now(),
      param: (name) => context.req.param(name) ?? '',
      ...(notice && { notice }),
    }
  }
  const page = async (visit: Visit, view: View | undefined, section?: Section): Promise<Response> =>
    view
      ? htmlAnswer(await frame(visit, view, sections, section), 200)
      : htmlAnswer(await frame(visit, missing, sections, section), 404)
  const addRoute = (route: ConsoleRoute, section: Section): void => {
    app.get(route.path, async (context) => {
      const visit = visitOf(context)
      return page(visit, await route.show(visit), section)
    })
    const { submit } = route
    if (!submit) return
    app.post(route.path, async (context) => {
      const form = await formOf(context.req.raw)
      const visit = visitOf(context)
      return form ? page(visit, await submit(visit, form), section) : oversized()
    })
  }
  const addAct = ({ path, act }: ConsoleAct, section: Section): void => {
    app.post(path, async (context) => {
      const form = await formOf(context.req.raw)
      if (!form) return oversized()
      const notice = await outcomeOf(() => act(visitOf(context), form), form)
      const location = addressAfter(notice.to ?? section.path, notices.put(notice))
      return new Response(null, { status: 303, headers: { Location: location } })
    })
  }
  app.get('/console.css', () => new Response(styles, { headers: { 'Content-Type': 'text/css; charset=utf-8' } }))
  app.get('/console.js', () => new Response(script, { headers: { 'Content-Type': 'text/javascript; charset=utf-8' } }))
  app.get('/events', (context) => (isHead(context) ? context.body(null) : eventStream(runtime, context.req.raw.signal)))
  for (const section of sections) {
    for (const route of section.routes) addRoute(route, section)
    for (const act of section.acts) addAct(act, section)
  }
  app.notFound(async (context) => page(visitOf(context), undefined))

  return async (request, caller) => {
    const refusal = refusalOf(request, caller) ?? formRefusalOf(request)
    const response = refusal === undefined ? await app.fetch(request) : refused(refusal)
    for (const [name, value] of Object.entries(securityHeaders)) response.headers.set(name, value)
    return response
  }
}

const missing: View = {
  title: 'Nothing here',
  body: html`<h1>Nothing here</h1><p>There is no such page, or what it showed is gone.</p><p><a href="${consolePath}">Back to the timeline</a></p>`,
}

function htmlAnswer(body: Awaited<Html>, status: number): Response {
  return new Response(String(body), { status, headers: { 'Content-Type': 'text/html; charset=utf-8' } })
}

function oversized(): Response {
  return refused(tooLarge(mostDocumentBytes), 413)
}

function refused(reason: string, status = 403): Response {
  return new Response(`${reason}\n`, { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' } })
}

/** Where the browser goes after an act. */
function addressAfter(path: string, noticeId: string): string {
  const [place = '', query] = path.split('?')
  const parameters = new URLSearchParams(query)
  parameters.set('notice', noticeId)
  return `${consolePath}${place === '/' ? '' : place}?${parameters}`
}

/** A form without an origin is refused: the guard has compared the one that is there. */
function formRefusalOf({ method, headers }: Request): string | undefined {
  if (method === 'GET' || method === 'HEAD' || headers.has('origin')) return undefined
  return 'a form of the console names its Origin; programs use /mock/v1'
}

/** True for HEAD, which the router answers like GET: it takes nothing away and opens no stream. */
function isHead({ req }: Context): boolean {
  return req.raw.method === 'HEAD'
}

/** The fields of a form; `undefined` when it is too large. */
async function formOf(request: Request): Promise<URLSearchParams | undefined> {
  const text = await bodyText(request, mostDocumentBytes)
  return text === undefined ? undefined : new URLSearchParams(text)
}

/** What an act tells, its mistakes too. */
async function outcomeOf(act: () => Notice | Promise<Notice>, typed: URLSearchParams): Promise<Notice> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
    return { tone: 'bad', text: error.message, typed }
  }
}
