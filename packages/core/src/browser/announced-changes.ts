/**
 * Changes of a shared storage, told by the names of Web Locks that the tab which made them holds for a while. All tabs see
 * the same locks at any moment, which is more than browsers promise of the local storage: each process has a copy of it.
 */
import type { Change } from '../session/kept-tokens.ts'

/** How long a change is told, in milliseconds: longer than it takes to reach every process. */
const toldMs = 5_000

/** Tells all tabs about a change; they know of it as soon as the promise ends. */
export async function announce(name: string, { at, isWritten }: Change): Promise<void> {
  await new Promise((told, failed) => {
    const hold = () => {
      told(undefined)
      return new Promise((resolve) => setTimeout(resolve, toldMs))
    }
    if (navigator.locks) navigator.locks.request(`${name} ${at} ${isWritten}`, { mode: 'shared' }, hold).catch(failed)
    else told(undefined)
  })
}

/** The latest change that a tab tells about. */
export async function latest(name: string): Promise<Change | undefined> {
  const { held = [] } = (await navigator.locks?.query()) ?? {}
  const changes = held.flatMap((lock) => {
    const [, at, isWritten] = lock.name?.startsWith(`${name} `) ? lock.name.slice(name.length).split(' ') : []
    return isWritten ? { at: Number(at), isWritten: isWritten === 'true' } : []
  })
  return changes.sort((one, other) => other.at - one.at)[0]
}
