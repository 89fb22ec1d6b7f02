import type { Runtime } from '../runtime.ts'

/**
 * Remembers a value that counts once, such as a `jti`.
 *
 * @param until - End of the memory, in milliseconds since the epoch.
 * @returns False when the value was used before.
 */
export function useOnce({ standard, clock }: Runtime, value: string, until: number): boolean {
  const { used } = standard.records
  for (const [old, end] of used) if (end <= clock.now()) used.delete(old)
  if (used.has(value)) return false
  used.set(value, until)
  return true
}
