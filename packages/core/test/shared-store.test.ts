import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { createMemoryStore } from '../src/api/index.ts'

const clock = { time: 0, now: () => clock.time }

test('keeps a value for its time', async () => {
  const store = createMemoryStore({ clock })
  await store.set('a', '1', 1000)
  expect(await store.get('a')).toBe('1')
  await store.delete('a')
  expect(await store.get('a')).toBeUndefined()
  await store.set('a', '2', 1000)
  clock.time += 1000
  expect(await store.get('a')).toBeUndefined()
})

test('adds a key once while it lives', async () => {
  const store = createMemoryStore({ clock })
  expect(await Promise.all(['1', '2', '3'].map((value) => store.add('a', value, 1000)))).toEqual([true, false, false])
  expect(await store.get('a')).toBe('1')
  clock.time += 1000
  expect(await store.add('a', '4', 1000)).toBe(true)
})

test('refuses new keys when it is full, instead of forgetting old ones, until some are over', async () => {
  const store = createMemoryStore({ clock, maxEntries: 3 })
  await store.set('short', '1', 500)
  await store.set('long', '1', 5000)
  expect(await store.add('longer', '1', 6000)).toBe(true)
  await expect(store.add('more', '1', 1000)).rejects.toMatchObject({ code: 'OIDC_STORE_UNAVAILABLE', retryable: true })
  await expect(store.set('more', '1', 1000)).rejects.toMatchObject({ code: 'OIDC_STORE_UNAVAILABLE' })
  await store.set('long', '2', 5000)
  clock.time += 500
  expect(await store.add('more', '1', 1000)).toBe(true)
  await expect(store.add('again', '1', 1000)).rejects.toMatchObject({ code: 'OIDC_STORE_UNAVAILABLE' })
  expect(await store.get('long')).toBe('2')
})

test('stays fast when it is full of what lives', async () => {
  const store = createMemoryStore({ clock, maxEntries: 50_000 })
  for (let index = 0; index < 50_000; index += 1) await store.add(`${index}`, '1', 60_000)
  const started = performance.now()
  for (let index = 0; index < 2000; index += 1) await store.add(`more ${index}`, '1', 60_000).catch(() => undefined)
  expect(performance.now() - started).toBeLessThan(1000)
})

test('warns once when several processes serve the app', () => {
  const warnings: string[] = []
  createMemoryStore({ severalProcesses: true, onWarning: (message) => warnings.push(message) })
  expect(warnings).toEqual([expect.stringContaining('createKeyvStore')])
  createMemoryStore({ onWarning: (message) => warnings.push(message) })
  expect(warnings).toHaveLength(1)
})

test('warns in the worker of a cluster of all that remembers in memory alone, and not outside (API complaint 11)', async () => {
  const child = fork(fileURLToPath(new URL('./support/cluster-warning.mjs', import.meta.url)), {
    execArgv: ['--conditions=@countersign/source'],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let text = ''
  child.stderr?.on('data', (part) => {
    text += part
  })
  await once(child, 'close')
  // A store by itself, and those of proofs, of what was revoked and of used logout tokens.
  expect(text.match(/COUNTERSIGN_STORE_NOT_SHARED/g)).toHaveLength(4)
})

test.each([{ maxEntries: 0 }, { onWarning: 'x' }, { size: 3 }])('options %j are refused', (options) => {
  expect(() => createMemoryStore(options as never)).toThrow(/maxEntries|onWarning|size/)
})
