/** The JOSE library, loaded with the first token: it is the largest part of what a mock imports. */
let loaded: Promise<typeof import('jose')> | undefined

/** Loads `jose` once. */
export function loadJose(): Promise<typeof import('jose')> {
  loaded ??= import('jose')
  return loaded
}
