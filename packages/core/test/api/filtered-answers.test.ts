import { describe, expect, test } from 'vitest'
import { createRequestGuard, preventSharedCaching, writeNdjson } from '../../src/api/index.ts'
import { createDataFilter, readGrant, scope } from '../../src/index.ts'
import { setUpApi } from './api-fixture.ts'

describe('preventSharedCaching (API behaviour 33; RFC 9111 3.5 and 4.1)', () => {
  test.each([
    [undefined, 'Authorization'],
    ['Origin', 'Origin, Authorization'],
    ['Origin, Accept-Encoding', 'Origin, Accept-Encoding, Authorization'],
    ['authorization', 'authorization'],
    ['Origin , AUTHORIZATION', 'Origin, AUTHORIZATION'],
    ['*', '*'],
    ['X-Authorization', 'X-Authorization, Authorization'],
  ])('keeps Vary: %s and adds what is missing (case F-42)', (vary, expected) => {
    const headers = new Headers({ 'cache-control': 'public, max-age=60', ...(vary && { vary }) })
    preventSharedCaching(headers)
    expect(headers.get('vary')).toBe(expected)
    expect(headers.get('cache-control')).toBe('private, no-store')
  })

  test('takes any object with get and set, and several values of a header', () => {
    const set: string[] = []
    preventSharedCaching({ get: () => ['Origin', 'Accept'], set: (name, value) => set.push(`${name}: ${value}`) })
    expect(set).toEqual(['vary: Origin, Accept, Authorization', 'cache-control: private, no-store'])
  })
})

describe('writeNdjson', () => {
  const filter = createDataFilter<{ id: number; salary: number }>({ fields: { salary: scope('salary:read') } })

  test('writes a line for each row that the caller may see (API behaviour 33)', async () => {
    const rows = [
      { id: 1, salary: 100 },
      { id: 2, salary: 200 },
    ]
    const text = (scopes: string) => new Response(writeNdjson(filter.stream(rows, readGrant({ scope: scopes })))).text()
    expect(await text('people.read')).toBe('{"id":1}\n{"id":2}\n')
    expect(await text('salary:read')).toBe('{"id":1,"salary":100}\n{"id":2,"salary":200}\n')
  })

  test('reads a row when it is asked for, and ends the source when nobody asks any more', async () => {
    const log: string[] = []
    async function* cursor() {
      try {
        for (let id = 1; ; id += 1) {
          log.push(`read ${id}`)
          yield { id, salary: 0 }
        }
      } finally {
        log.push('closed')
      }
    }
    const reader = writeNdjson(filter.stream(cursor(), readGrant({}))).getReader()
    expect(log).toEqual([])
    await reader.read()
    expect(log).toEqual(['read 1'])
    await reader.cancel()
    expect(log).toEqual(['read 1', 'closed'])
  })

  test('ends the source when a row can not be written', async () => {
    let closed = false
    async function* cursor() {
      try {
        yield { id: 1n }
        yield { id: 2n }
      } finally {
        closed = true
      }
    }
    await expect(new Response(writeNdjson(cursor())).text()).rejects.toThrow(/BigInt/)
    expect(closed).toBe(true)
  })

  test('fails after the rows before the one that fails', async () => {
    async function* broken() {
      yield { id: 1, salary: 100 }
      throw new Error('the database went away')
    }
    const reader = writeNdjson(filter.stream(broken(), readGrant({}))).getReader()
    expect(new TextDecoder().decode((await reader.read()).value)).toBe('{"id":1}\n')
    await expect(reader.read()).rejects.toThrow('the database went away')
  })
})

test('an API gives each caller its own part of one stream, behind a guard and with headers of its own (API behaviour 33)', async () => {
  const { verifier, order } = setUpApi()
  const filter = createDataFilter<{ name: string; email: string }>({ fields: { email: scope('contacts.write') } })
  async function* contacts() {
    yield { name: 'Ada', email: 'ada@northwind.example' }
    yield { name: 'Tom', email: 'tom@harbor.example' }
  }
  const serve = createRequestGuard({ verifier }).protect((_request, { grant }) => {
    const response = new Response(writeNdjson(filter.stream(contacts(), grant)), { headers: { vary: 'Origin' } })
    preventSharedCaching(response.headers)
    return response
  }, scope('contacts.read'))
  const read = async (scopes: string) => {
    const authorization = `Bearer ${await order({ scope: scopes })}`
    const response = await serve(new Request('https://api.example/contacts', { headers: { authorization } }))
    expect(response.headers.get('vary')).toBe('Origin, Authorization')
    expect(response.headers.get('cache-control')).toBe('private, no-store')
    return response.text()
  }
  expect(await read('contacts.read')).toBe('{"name":"Ada"}\n{"name":"Tom"}\n')
  expect(await read('contacts.read contacts.write')).toContain('"email":"ada@northwind.example"')
})
