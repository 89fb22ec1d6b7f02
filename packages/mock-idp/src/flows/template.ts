/** Placeholders in text and JSON (IDP-SPEC 4.6), and what a missing value becomes (4.8). */
import type { FlowValue } from './definition.ts'

/** Looks a path up; `undefined` when there is nothing. */
export type Resolve = (path: string) => unknown

const placeholder = /\{\{\s*((?:\\.|[^{}\\])+?)\s*\}\}/g

/** True when the text has a placeholder. */
export function hasPlaceholder(text: string): boolean {
  return text.search(placeholder) !== -1
}

/** The paths of all placeholders in a text. */
export function placeholdersOf(text: string): readonly string[] {
  return [...text.matchAll(placeholder)].map(([, path = '']) => path)
}

/** A path out of a bare key or out of braces. */
export function barePath(key: string): string {
  return /^\{\{\s*([^{}]+?)\s*\}\}$/.exec(key)?.[1] ?? key.trim()
}

/** A value as text: arrays and objects as JSON, a missing one as empty text. */
export function toText(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

/**
 * Text with every placeholder replaced.
 *
 * @param encode - Applied to each inserted value.
 */
export function resolveText(template: string, resolve: Resolve, encode: (text: string) => string = (t) => t): string {
  if (!template.includes('{{')) return template
  return template.replace(placeholder, (_, path: string) => encode(toText(resolve(path))))
}

/** The value of a template: one that is exactly one placeholder keeps the type of its value. */
export function resolveTemplate(template: string, resolve: Resolve): unknown {
  if (!template.includes('{{')) return template
  const [match] = template.matchAll(placeholder)
  return match?.[0] === template ? resolve(match[1] ?? '') : resolveText(template, resolve)
}

/** The value of an argument, a query parameter or an operand. */
export function resolveValue(spec: FlowValue, resolve: Resolve): unknown {
  if (typeof spec === 'string') return resolveTemplate(spec, resolve)
  if (typeof spec !== 'object') return spec
  return 'dynamic' in spec ? resolve(barePath(spec.dynamic)) : resolveJson(spec.json, resolve)
}

/** JSON with placeholders in its strings; a member that was a single missing placeholder is left out (4.8). */
export function resolveJson(value: unknown, resolve: Resolve): unknown {
  if (typeof value === 'string') return resolveTemplate(value, resolve)
  if (Array.isArray(value)) {
    return value.map((entry) => resolveJson(entry, resolve)).filter((entry) => entry !== undefined)
  }
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, entry]) => [name, resolveJson(entry, resolve)] as const)
      .filter(([, entry]) => entry !== undefined),
  )
}
