/** How the console writes times and data. */
import { html } from 'hono/html'
import type { Html } from '../pages/layout.ts'

/** The widest time that a `Date` can hold, in milliseconds. */
const widest = 8.64e15

/** A time in UTC, to the second: the date as well, or the time of the day alone. */
export function timeTag(milliseconds: number, form: 'full' | 'day' = 'full'): Html {
  if (!(Math.abs(milliseconds) <= widest)) return html`<span>not a time</span>`
  const iso = new Date(milliseconds).toISOString()
  const [date = '', time = ''] = iso.split('T')
  const clock = time.slice(0, 8)
  return form === 'day'
    ? html`<time datetime="${iso}" title="${date} ${clock} UTC">${clock}</time>`
    : html`<time datetime="${iso}">${date} ${clock} UTC</time>`
}

const units: readonly (readonly [name: string, seconds: number])[] = [
  ['day', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
]

/** A length of time in its two largest units, such as `2 h 5 min`. */
export function lengthOf(milliseconds: number): string {
  let rest = Math.floor(Math.abs(milliseconds) / 1000)
  const parts: string[] = []
  for (const [name, seconds] of units) {
    const count = Math.floor(rest / seconds)
    rest -= count * seconds
    if (count > 0) parts.push(`${count} ${name === 'day' && count > 1 ? 'days' : name}`)
  }
  return parts.slice(0, 2).join(' ') || '0 s'
}

/** A time seen from the mock's now, such as `in 9 min` or `2 h ago`. */
export function fromNow(milliseconds: number, now: number): string {
  const difference = milliseconds - now
  if (Math.abs(difference) < 1000) return 'now'
  return difference > 0 ? `in ${lengthOf(difference)}` : `${lengthOf(difference)} ago`
}

/** Data for people to read. */
export function jsonBlock(value: unknown, label: string): Html {
  return html`<pre tabindex="0" role="region" aria-label="${label}"><code>${JSON.stringify(value, null, 2)}</code></pre>`
}

/** `1 request`, `2 requests`. */
export function countOf(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}

/** Pairs of a name and what stands for it. */
export function facts(pairs: readonly (readonly [name: string, value: Html | string | undefined])[]): Html {
  const known = pairs.filter(([, value]) => value !== undefined && value !== '')
  return html`<dl>${known.map(([name, value]) => html`<dt>${name}</dt><dd>${value}</dd>`)}</dl>`
}

/** What stands where there is nothing yet. */
export function emptyState(text: string): Html {
  return html`<p class="empty">${text}</p>`
}
