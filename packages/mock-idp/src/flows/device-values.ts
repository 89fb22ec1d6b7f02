/** `device.*` and `userAgent.*` (IDP-SPEC S-319 to S-370). */
import type { FlowDevice } from './execution.ts'

const defaultPorts: Readonly<Record<string, string>> = { 'http:': '80', 'https:': '443' }

/** `device`: the address of the page in its parts, and what the device can do. */
export function deviceValues({ url, webAuthnSupport = false }: FlowDevice): Record<string, unknown> {
  if (url === undefined || !URL.canParse(url)) return { webAuthnSupport }
  const { protocol, hostname, port, pathname, search, hash, searchParams, href } = new URL(url)
  return {
    webAuthnSupport,
    location: {
      scheme: protocol.slice(0, -1),
      uri: href,
      hostname,
      port: port === '' ? (defaultPorts[protocol] ?? '') : port,
      path: pathname,
      rawQuery: search.slice(1),
      fragment: hash === '' ? undefined : hash.slice(1),
      query: Object.fromEntries(searchParams),
    },
  }
}

const browsers: readonly (readonly [name: string, mark: RegExp])[] = [
  ['Edge', /\bEdg(A|iOS|e)?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /\b(Chrome|CriOS)\//],
  ['Safari', /\bVersion\/[\d.]+.* Safari\//],
  ['Googlebot', /\bGooglebot\b/],
  ['curl', /^curl\//],
]

const systems: readonly (readonly [name: string, version: RegExp])[] = [
  ['Android', /Android ([\d.]+)/],
  ['iOS', /(?:iPhone|iPad|iPod).* OS ([\d_]+)/],
  ['Windows', /Windows NT ([\d.]+)/],
  ['macOS', /Mac OS X ([\d_.]+)/],
  ['Linux', /Linux(?: ([\d.]+))?/],
]

/** `userAgent`: what a small parser makes of the header; missing without one. */
export function userAgentValues(raw: string | undefined): Record<string, unknown> | undefined {
  if (raw === undefined || raw === '') return undefined
  const system = systems.find(([, mark]) => mark.test(raw))
  const os = system?.[0]
  const version = system?.[1].exec(raw)?.[1]
  const tablet = /iPad|Tablet/.test(raw) || (os === 'Android' && !/Mobile/.test(raw))
  const mobile = !tablet && (os === 'Android' || os === 'iOS')
  const bot = /bot\b|crawler|spider/i.test(raw)
  return {
    raw,
    mobile,
    tablet,
    desktop: !mobile && !tablet && !bot && ['Windows', 'macOS', 'Linux'].includes(os ?? ''),
    name: browsers.find(([, mark]) => mark.test(raw))?.[0],
    os,
    osVersion: version?.replaceAll('_', '.'),
    device: deviceName(raw, os),
    url: bot ? /https?:\/\/[^\s;)]+/.exec(raw)?.[0] : undefined,
  }
}

function deviceName(raw: string, os: string | undefined): string | undefined {
  if (os === 'iOS') return /iPhone|iPad|iPod/.exec(raw)?.[0]
  return os === 'Android' ? /Android [\d.]+; ([^;)]+?)(?: Build\/[^;)]*)?[;)]/.exec(raw)?.[1] : undefined
}
