import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  type AccessGrant,
  type AccessRule,
  allOf,
  anyOf,
  claim,
  createDataFilter,
  type DataFilterOptions,
  evaluateAccess,
  param,
  readGrant,
  role,
  scope,
  tenant,
} from '../../src/index.ts'
import { anyClaims, anyRule, anyScopes, grantOf } from './access-fixture.ts'

interface StoredFile {
  readonly name: string
  readonly visibility: 'public' | 'private' | 'draft'
  readonly owner?: { readonly id: string; readonly department: string | null }
}

const files: readonly StoredFile[] = [
  { name: 'handbook', visibility: 'public' },
  { name: 'salaries', visibility: 'private', owner: { id: 'U1', department: 'staff' } },
  { name: 'plan', visibility: 'draft', owner: { id: 'U2', department: null } },
]
const names = (rows: readonly { readonly name?: string }[]) => rows.map(({ name }) => name)
const everything = allOf()

describe('rows', () => {
  const filter = createDataFilter<StoredFile>({
    rows: [
      { needs: scope('files.read_public'), where: { visibility: 'public' } },
      { needs: scope('files.read_private'), where: { visibility: ['private', 'draft'] } },
    ],
  })

  test.each([
    ['files.read_public', ['handbook']],
    ['files.read_private', ['salaries', 'plan']],
    ['files.read_public files.read_private', ['handbook', 'salaries', 'plan']],
    ['files.read', []],
    ['', []],
  ])('are given for what %j grants and no others (S-438, S-439)', (scopes, seen) => {
    const grant = grantOf({}, scopes)
    expect(names(filter.all(files, grant))).toEqual(seen)
    for (const file of files) expect(filter.one(file, grant)).toEqual(seen.includes(file.name) ? file : undefined)
  })

  test.each<[string, DataFilterOptions<StoredFile>, readonly string[]]>([
    ['none, when nothing grants any', { rows: [] }, []],
    ['all, when rows are not spoken of', {}, ['handbook', 'salaries', 'plan']],
    ['all, of a grant without condition', { rows: [{ needs: everything }] }, ['handbook', 'salaries', 'plan']],
    ['by nested fields', { rows: [{ needs: everything, where: { owner: { department: 'staff' } } }] }, ['salaries']],
    ['by null', { rows: [{ needs: everything, where: { owner: { department: null } } }] }, ['plan']],
    [
      'by all fields of a condition',
      { rows: [{ needs: everything, where: { visibility: 'private', owner: { id: 'U2' } } }] },
      [],
    ],
    [
      'by any of several grants',
      { rows: [{ needs: anyOf() }, { needs: everything, where: { name: 'plan' } }] },
      ['plan'],
    ],
  ])('are given: %s', (_what, options, seen) => {
    expect(names(createDataFilter<StoredFile>(options).all(files, grantOf({})))).toEqual(seen)
  })

  test('are not given by fields of a prototype', () => {
    const inherited = Object.create({ visibility: 'public' }) as StoredFile
    expect(filter.one(inherited, grantOf({}, 'files.read_public'))).toBeUndefined()
  })

  test('are given to their owner, or to who is in their tenant, by rules whose parameters stand for fields', () => {
    const documents = createDataFilter<{ id: number; ownerId?: string; tenantId?: string }>({
      rows: [
        { needs: claim('sub', param('ownerId')) },
        { needs: allOf(scope('documents.read'), role('Reader', { tenant: param('tenantId') })) },
      ],
    })
    const rows = [
      { id: 1, ownerId: 'U1', tenantId: 'T2' },
      { id: 2, ownerId: 'U2', tenantId: 'T1' },
      { id: 3, ownerId: 'U2', tenantId: 'T2' },
      { id: 4, tenantId: '__proto__' },
      { id: 5 },
    ]
    const claims = { sub: 'U1', tenants: { T1: { roles: ['Reader'] }, T2: {} } }
    expect(documents.all(rows, grantOf(claims, 'documents.read'))).toEqual(rows.slice(0, 2))
    expect(documents.all(rows, grantOf(claims))).toEqual(rows.slice(0, 1))
    expect(documents.all(rows, grantOf({}, 'documents.read'))).toEqual([])
  })
})

describe('fields (API behaviour 33)', () => {
  const person = {
    name: 'Ada',
    salary: 100,
    manager: { name: 'Bo', salary: 200, reports: [{ name: 'Cy', salary: 50 }, [{ salary: 60 }]] },
    history: [{ year: 2025, salary: 90 }],
  }
  const withSalary = grantOf({}, 'salary:read')
  const without = grantOf({}, 'people.read')

  test('without their scope are absent, not null, nested and in lists too; with it they are there', () => {
    const filter = createDataFilter<typeof person>({ fields: { salary: scope('salary:read') } })
    expect(filter.one(person, without)).toStrictEqual({
      name: 'Ada',
      manager: { name: 'Bo', reports: [{ name: 'Cy' }, [{}]] },
      history: [{ year: 2025 }],
    })
    expect(filter.one(person, withSalary)).toStrictEqual(person)
    expect(JSON.stringify(filter.all([person, person], without))).not.toContain('salary')
  })

  test('named by a path are absent at its end alone', () => {
    const filter = createDataFilter<typeof person>({ fields: { 'manager.name': scope('org:read') } })
    const { manager, ...rest } = filter.one(person, without) ?? {}
    expect(rest).toStrictEqual({ name: person.name, salary: 100, history: person.history })
    expect(manager).toStrictEqual({ salary: 200, reports: person.manager.reports })
  })

  test('that several names are about need all of their rules', () => {
    const filter = createDataFilter<typeof person>({
      fields: { salary: scope('salary:read'), 'manager.salary': role('Staff') },
    })
    const seen = (grant: AccessGrant) => filter.one(person, grant)?.manager?.salary
    expect(seen(grantOf({ roles: ['Staff'] }, 'salary:read'))).toBe(200)
    expect(seen(withSalary)).toBeUndefined()
    expect(seen(grantOf({ roles: ['Staff'] }))).toBeUndefined()
  })

  test('that no name is about follow "*", so that a new column is not given away', () => {
    const filter = createDataFilter<typeof person>({ fields: { name: everything, '*': scope('people.admin') } })
    expect(filter.one(person, without)).toStrictEqual({ name: 'Ada' })
    expect(filter.one(person, grantOf({}, 'people.admin'))).toStrictEqual(person)
  })

  test('whose own name has dots count as nested ones, so that "*" gives no column of a joined table away', () => {
    const filter = createDataFilter({ fields: { name: everything, '*': scope('people.admin') } })
    const joined = {
      name: 'Ada',
      'merger.name': 'Hush',
      'a.b.name': 1,
      '.name': 2,
      'name.': 3,
      merger: { name: 'Hush' },
    }
    expect(filter.one(joined, without)).toStrictEqual({ name: 'Ada' })
    expect(filter.one(joined, grantOf({}, 'people.admin'))).toStrictEqual(joined)
    const open = createDataFilter({ fields: { name: everything, team: everything, '*': anyOf() } })
    expect(open.one({ 'team.name': 'Red', 'team.secret': 1 }, without)).toStrictEqual({ 'team.name': 'Red' })
  })

  test('are all that "*" lets through: what has none, such as a row that is a text, follows it', () => {
    const filter = createDataFilter<object>({ fields: { name: everything, '*': scope('people.admin') } as never })
    const rows = [new URL('https://ada:secret@example.com'), new Date(0), ['secret', 7, { name: 'Ada' }]]
    expect(filter.all(rows, without)).toStrictEqual([[undefined, undefined, { name: 'Ada' }]])
    expect(JSON.stringify(filter.all(rows, grantOf({}, 'people.admin')))).toBe(JSON.stringify(rows))
    const named = createDataFilter<object>({ fields: { salary: scope('salary:read') } as never })
    expect(named.one(new Date(0), without)).toBe('1970-01-01T00:00:00.000Z')
  })

  test('are given by rules whose parameters stand for fields of the row', () => {
    const filter = createDataFilter<{ id: string; salary: number }>({
      fields: { salary: anyOf(scope('salary:read'), claim('sub', param('id'))) },
    })
    const rows = [
      { id: 'U1', salary: 1 },
      { id: 'U2', salary: 2 },
    ]
    expect(filter.all(rows, grantOf({ sub: 'U1' }))).toStrictEqual([{ id: 'U1', salary: 1 }, { id: 'U2' }])
  })

  test('with dots, or the names of members of every object, are data like others', () => {
    const row = JSON.parse('{"a.salary":1,"__proto__":{"salary":2,"x":3},"constructor":4,"toString":5}')
    const filter = createDataFilter({ fields: { salary: scope('salary:read'), constructor: scope('x') } })
    const seen = filter.one(row, without)
    expect(JSON.stringify(seen)).toBe('{"__proto__":{"x":3},"toString":5}')
    expect(Object.getPrototypeOf(seen)).toBe(Object.prototype)
  })

  test('are not even read when they are absent', () => {
    const row = {
      name: 'Ada',
      get salary(): number {
        throw new Error('read')
      },
    }
    const filter = createDataFilter<typeof row>({ fields: { salary: scope('salary:read') } })
    expect(filter.one(row, without)).toEqual({ name: 'Ada' })
    expect(() => filter.all([row, row], withSalary)).toThrow('read')
  })
})

describe('data', () => {
  const filter = createDataFilter<object>({ fields: { secret: anyOf() } as never })
  const none = grantOf({})

  test('is what JSON makes of it, so that nothing shows up later', () => {
    const record = { toJSON: () => ({ name: 'Ada', secret: 1, nested: { toJSON: () => [{ secret: 2, x: 3 }] } }) }
    const row = {
      at: new Date(0),
      record,
      call: () => 1,
      big: 1n,
      nothing: null,
      list: [undefined, null],
      map: new Map([[1, 2]]),
    }
    expect(filter.one(row, none)).toStrictEqual({
      at: '1970-01-01T00:00:00.000Z',
      record: { name: 'Ada', nested: [{ x: 3 }] },
      call: undefined,
      big: 1n,
      nothing: null,
      list: [undefined, null],
      map: {},
    })
    const stored = { toJSON: () => ({ owner: 'U1', secret: 1 }) }
    const byOwner = createDataFilter<object>({ rows: [{ needs: everything, where: { owner: 'U1' } as never }] })
    expect(byOwner.one(stored, none)).toStrictEqual({ owner: 'U1', secret: 1 })
  })

  test('is judged as it is given, also where what toJSON gives has a toJSON again, as JSON knows it once', () => {
    const byOwner = createDataFilter<object>({ rows: [{ needs: everything, where: { owner: 'U1' } as never }] })
    const other = { owner: 'U2' }
    const twice = { toJSON: () => ({ owner: 'U1', toJSON: () => other }) }
    expect(JSON.stringify(byOwner.one(twice, none))).toBe(JSON.stringify(twice))
    class Records extends Array<object> {
      toJSON() {
        return this
      }
    }
    const records = Records.from([{ name: 'Ada', secret: 1 }])
    expect(filter.one({ records }, none)).toStrictEqual({ records: [{ name: 'Ada' }] })
  })

  test('is never changed, and the copy shares no object with it', () => {
    const row = Object.freeze({ a: Object.freeze({ b: Object.freeze([Object.freeze({ secret: 1 })]) }) })
    const seen = filter.one(row, none) as { a: { b: unknown[] } }
    expect(seen).toStrictEqual({ a: { b: [{}] } })
    seen.a.b.push(1)
    expect(row.a.b).toHaveLength(1)
  })

  test('that holds itself is refused, and nothing of it is given', () => {
    const row: { self?: object } = {}
    row.self = row
    expect(() => filter.all([{ fine: true }, row], none)).toThrow(/at most 100 levels deep/)
  })

  test('is given to a depth of 100 levels, in objects and lists, and no deeper', () => {
    const nest = (levels: number): unknown =>
      levels === 0 ? 7 : levels % 2 ? [nest(levels - 1)] : { a: nest(levels - 1) }
    const deep = { a: nest(99) }
    expect(filter.one(deep, none)).toStrictEqual(deep)
    expect(() => filter.one({ a: nest(100) }, none)).toThrow(/at most 100 levels deep/)
  })

  test('is given exactly as the rules decide, with its fields as their parameters', () => {
    const row = fc.dictionary(fc.constantFrom('a', 'b', 'secret', '__proto__'), fc.jsonValue())
    const grant = fc.tuple(anyClaims, anyScopes).map(([claims, scopes]) => readGrant(claims, scopes))
    fc.assert(
      fc.property(row, anyRule, anyRule, grant, (data, forA, forRows, given) => {
        const seen = createDataFilter({ rows: [{ needs: forRows }], fields: { a: forA } }).one(data, given)
        const without = createDataFilter({ fields: { a: anyOf() } }).one(data, given)
        const allows = (rule: AccessRule) => evaluateAccess(rule, given, data).allowed
        const expected = allows(forRows) ? JSON.stringify(allows(forA) ? data : without) : undefined
        expect(JSON.stringify(seen)).toBe(expected)
      }),
    )
  })
})

describe('streams (API behaviour 33)', () => {
  const filter = createDataFilter<{ id: number; salary: number; open: boolean }>({
    rows: [{ needs: everything, where: { open: true } }],
    fields: { salary: scope('salary:read') },
  })
  const row = (id: number) => ({ id, salary: id * 100, open: id % 2 === 1 })
  const collect = async (rows: AsyncIterable<unknown>) => {
    const seen: unknown[] = []
    for await (const one of rows) seen.push(one)
    return seen
  }
  const streamOf = (rows: readonly object[]) =>
    new ReadableStream({
      start(controller) {
        for (const one of rows) controller.enqueue(one)
        controller.close()
      },
    })
  async function* cursor(last: number, log: string[] = []) {
    try {
      for (let id = 1; id <= last; id += 1) {
        log.push(`read ${id}`)
        yield row(id)
      }
    } finally {
      log.push('closed')
    }
  }

  test.each([
    ['an async iterable', () => cursor(3)],
    ['an iterable', () => [row(1), row(2), row(3)]],
    ['a ReadableStream', () => streamOf([row(1), row(2), row(3)])],
  ])('from %s hold what the caller may see', async (_what, source) => {
    expect(await collect(filter.stream(source(), grantOf({})))).toStrictEqual([
      { id: 1, open: true },
      { id: 3, open: true },
    ])
    expect(await collect(filter.stream(source(), grantOf({}, 'salary:read')))).toStrictEqual([row(1), row(3)])
  })

  test('give each row as soon as it is there, and end the source when nobody reads on', async () => {
    const log: string[] = []
    for await (const seen of filter.stream(cursor(1000, log), grantOf({}))) {
      log.push(`seen ${seen.id}`)
      if (seen.id === 3) break
    }
    expect(log).toEqual(['read 1', 'seen 1', 'read 2', 'read 3', 'seen 3', 'closed'])
  })

  test('fail where a row fails, and give nothing of it', async () => {
    const endless: Record<string, unknown> = { id: 3, open: true }
    endless.self = endless
    const seen: unknown[] = []
    const reading = (async () => {
      for await (const one of filter.stream([row(1), endless as never, row(5)], grantOf({}))) seen.push(one)
    })()
    await expect(reading).rejects.toThrow(/levels deep/)
    expect(seen).toEqual([{ id: 1, open: true }])
  })
})

describe('a filter is data that is checked when it is made', () => {
  test('so it can come from a file', () => {
    const options = {
      rows: [{ needs: tenant(param('t')), where: { a: { b: [1, null] } } }],
      fields: { '*': scope('x') },
    }
    const row = { t: 'T1', a: { b: null } }
    const grant = grantOf({ tenants: { T1: {} } }, 'x')
    expect(createDataFilter(JSON.parse(JSON.stringify(options))).one(row, grant)).toStrictEqual(row)
  })

  test.each<[unknown, RegExp]>([
    [{ row: [] }, /no option "row", only rows, fields/],
    [{ rows: {} }, /"rows" must be a list/],
    [{ rows: [null] }, /needs an object with "needs" at rows\[0\]/],
    [{ rows: [{}] }, /"needs" must be a object/],
    [{ rows: [{ needs: everything, were: {} }] }, /no option "were"/],
    [{ rows: [{ needs: { type: 'group' } }] }, /at rows\[0\]\.needs\.type/],
    [{ rows: [{ needs: everything, where: undefined }] }, /at rows\[0\]\.where/],
    [{ rows: [{ needs: everything, where: {} }] }, /at least one field at rows\[0\]\.where/],
    [{ rows: [{ needs: everything, where: { a: undefined } }] }, /at rows\[0\]\.where\.a/],
    [{ rows: [{ needs: everything, where: { a: { b: [{}] } } }] }, /at rows\[0\]\.where\.a\.b/],
    [{ rows: [{ needs: everything, where: { a: { b: [1, {}] } } }] }, /at rows\[0\]\.where\.a\.b/],
    [{ rows: [{ needs: everything, where: ['a'] }] }, /at least one field at rows\[0\]\.where/],
    [{ fields: { a: undefined } }, /at fields\.a, found undefined/],
    [{ fields: { a: { type: 'scope' } } }, /at fields\.a\.scope/],
    [{ fields: { '': everything } }, /fields: ""/],
    [{ fields: { 'a..b': everything } }, /fields: "a\.\.b"/],
    [{ fields: { 'a.*': everything } }, /fields: "a\.\*"/],
  ])('and %j is none', (options, message) => {
    const create = () => createDataFilter(options as DataFilterOptions<object>)
    expect(create).toThrow(message)
    const code = expect.stringMatching(/^OIDC_(OPTION_INVALID|OPTION_UNKNOWN|ACCESS_RULE_INVALID)$/)
    expect(create).toThrow(expect.objectContaining({ code }))
  })

  test('and types know the fields', () => {
    createDataFilter<StoredFile>({
      rows: [{ needs: everything, where: { visibility: 'public' } }],
      fields: { department: everything, 'owner.id': everything },
    })
    // @ts-expect-error A misspelled field would hide nothing.
    createDataFilter<StoredFile>({ fields: { nmae: everything } })
    // @ts-expect-error A misspelled value would grant nothing.
    createDataFilter<StoredFile>({ rows: [{ needs: everything, where: { visibility: 'pubic' } }] })
    const file = createDataFilter<StoredFile>({}).one({ name: 'a', visibility: 'public' }, grantOf({}))
    const name: string | undefined = file?.owner?.department ?? file?.name
    // @ts-expect-error What is left of a row may lack any field.
    const certain: string = file.name
    expect([name, certain]).toEqual(['a', 'a'])
  })
})
