/** Keeps the tabs of an origin from renewing at the same time. */
import { randomText } from '../protocol/pkce.ts'
import { useStorage } from '../session/transaction.ts'

/** How long a tab may be silent before its lease counts as left behind, in milliseconds. */
const leaseMs = 15_000

/** Runs work under a Web Lock, which a browser releases when the tab is gone; without Web Locks under a lease. */
export function exclusively<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  return navigator.locks ? navigator.locks.request(name, work) : underLease(name, work)
}

/** A lease in the local storage: the last tab to write it has it, once the others had time to write theirs. */
async function underLease<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const mine = randomText()
  const use = <Value>(action: (store: Storage) => Value): Value => useStorage(() => localStorage, action)
  const holder = () => {
    const [tab, until] = (use((store) => store.getItem(name)) ?? '').split(' ')
    return Number(until) > Date.now() ? tab : undefined
  }
  while (holder() !== mine) {
    if (!holder()) use((store) => store.setItem(name, `${mine} ${Date.now() + leaseMs}`))
    await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 30))
  }
  try {
    return await work()
  } finally {
    if (holder() === mine) use((store) => store.removeItem(name))
  }
}
