import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseStrictObject } from '../../src/api/strict-json.ts'

/** JSON with white space wherever it may stand (RFC 8259 section 2). */
function print(value: unknown, space: string, repeat = ''): string {
  if (Array.isArray(value))
    return `[${space}${value.map((item) => print(item, space)).join(`${space},${space}`)}${space}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).map(
    ([name, member]) => `${JSON.stringify(name)}${space}:${space}${print(member, space)}`,
  )
  return `{${space}${[repeat, ...members].filter(Boolean).join(`${space},${space}`)}${space}}`
}

/** Texts with everything that a reader of names could stumble over. */
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: fc.constantFrom('"', '\\', ':', ' ', '{', ',', 'a', '\n', '[', ']') }),
)
/** What may be the name of a member. */
const name = text.map((one) => one.replaceAll('\\', '/'))
const { value } = fc.letrec((tie) => ({
  value: fc.oneof({ depthSize: 'small' }, text, fc.double({ noNaN: true }), fc.boolean(), tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 4 }),
  object: fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
}))
const object = fc.dictionary(name, value, { minKeys: 1, maxKeys: 5, noNullPrototype: true })
const space = fc.string({ unit: fc.constantFrom(' ', '\t', '\n', '\r'), maxLength: 3 })

test('an object is read as JSON.parse reads it, whatever its names, texts and white space are', () => {
  fc.assert(
    fc.property(object, space, (members, gap) => {
      const json = print(members, gap)
      expect(parseStrictObject(json)).toEqual(JSON.parse(json))
    }),
    { numRuns: 500 },
  )
})

test('an object with a name that comes twice is refused, in any depth and spelling (RFC 7515 4, RFC 7519 4)', () => {
  fc.assert(
    fc.property(object, space, fc.boolean(), fc.nat(2), (members, gap, escaped, depth) => {
      const [name = ''] = Object.keys(members)
      const first = [...name][0] ?? ''
      const spelled = JSON.stringify(name)
      const other =
        escaped && /^\w/.test(first)
          ? spelled.replace(first, `\\u${first.charCodeAt(0).toString(16).padStart(4, '0')}`)
          : spelled
      let json = print(members, gap, `${other}${gap}:${gap}1`)
      for (let level = 0; level < depth; level += 1) json = level % 2 ? `{"list":[${json}]}` : `{"a":1,"b":${json}}`
      expect(typeof JSON.parse(json)).toBe('object')
      expect(parseStrictObject(json)).toBeUndefined()
    }),
    { numRuns: 500 },
  )
})

test('a colon behind any character of a text hides no name that comes twice', () => {
  for (let code = 32; code < 127; code += 1) {
    const hidden = JSON.stringify(`${String.fromCharCode(code)}:`)
    expect(parseStrictObject(`{"a":1,"a":${hidden}}`)).toBeUndefined()
    expect(parseStrictObject(`{"a":1,"b":${hidden}}`)).toBeDefined()
  }
})

test('an engine that takes one name for another hides none that comes twice', () => {
  for (const [met, twice] of [
    ['{"a":1,"\\\\":2}', '{"a":1,"\\u0061":2}'],
    ['{"sub":1,"\\\\u0":2}', '{"sub":1,"\\u0073ub":2}'],
    ['{"a":1,"b":{"c":1,"c\\\\":2}}', '{"a":1,"b":{"c":1,"c\\"":2,"c\\"":3}}'],
  ] as const) {
    for (let count = 0; count < 10; count += 1) JSON.parse(met)
    expect(parseStrictObject(twice)).toBeUndefined()
    expect(parseStrictObject(met)).toBeUndefined()
  }
  expect(parseStrictObject('{"https:\\/\\/a.example\\/roles":["a\\\\b"]}')).toEqual({
    'https://a.example/roles': ['a\\b'],
  })
})

test('white space in front of a colon hides no name that comes twice', () => {
  for (const gap of [' ', '\t', '\n', '\r', ' \r\n\t']) {
    expect(parseStrictObject(`{"a"${gap}:1,"a":2}`)).toBeUndefined()
    expect(parseStrictObject(`{"a"${gap}:1,"b":2}`)).toEqual({ a: 1, b: 2 })
  }
})

test.each([
  '[]',
  '[{}]',
  'null',
  'true',
  '7',
  '"text"',
  '',
  ' ',
  '{',
  '{}x',
  '{"a":1,}',
  "{'a':1}",
  '\ufeff{}',
  undefined,
])('no object is %s', (json) => {
  expect(parseStrictObject(json)).toBeUndefined()
  expect(parseStrictObject('{}')).toEqual({})
})

test('what was read can not be changed in any depth', () => {
  const read = parseStrictObject('{"a":[{"b":[1]}]}') as { a: { b: number[] }[] }
  expect([read, read.a, read.a[0], read.a[0]?.b].every(Object.isFrozen)).toBe(true)
})
