/** Cuts data to what a caller may see: rows, and fields of rows. Fail-closed: what is not granted is not in the result. */
import { checkOptions } from '../options.ts'
import { decideAccess, ownMember } from './decide.ts'
import { fits, type RowRule, readFieldRules, readRowGrant, rulesFor } from './filter-rules.ts'
import type { AccessGrant } from './grant.ts'
import type { AccessParameters, AccessRule } from './rule.ts'

const mostLevels = 100

/** A value of JSON that is no object and no list. */
export type PlainValue = string | number | boolean | null

/** Values that fields have to have: exactly this one, or one of a list; fields of nested objects likewise. */
export type RowCondition<Row> = {
  readonly [Field in keyof Row]?: NonNullable<Row[Field]> extends PlainValue
    ? Row[Field] | readonly Row[Field][]
    : NonNullable<Row[Field]> extends readonly unknown[]
      ? never
      : RowCondition<NonNullable<Row[Field]>>
}

/** Who may see which rows. */
export interface RowGrant<Row> {
  /** What the caller needs. Parameters stand for fields of the row: `claim('sub', param('ownerId'))`. */
  readonly needs: AccessRule
  /** The rows that this is about. Default: every row. */
  readonly where?: RowCondition<Row>
}

/** Names of the fields of a row, down to five levels of nested objects and lists. */
export type FieldName<Value, Level extends readonly unknown[] = []> = Level['length'] extends 5
  ? never
  : Value extends readonly (infer Item)[]
    ? FieldName<Item, Level>
    : Value extends object
      ? (keyof Value & string) | FieldName<Value[keyof Value], readonly [...Level, unknown]>
      : never

/** Options of {@link createDataFilter}. */
export interface DataFilterOptions<Row> {
  /** Who may see which rows: a row is given when one of these grants it, so an empty list gives none. Default: every row. */
  readonly rows?: readonly RowGrant<Row>[]
  /**
   * What a field needs, by its name. It is absent without that, wherever the name occurs: in nested objects and in lists too.
   * `manager.name` is about the fields `name` of what is called `manager` alone; `*` is about every field that no other name
   * is about, and about a row that is no object. A field that several names are about needs all of their rules. A field whose
   * own name has dots, as joined tables have it, counts as a nested one. Parameters stand for fields of the row. Default: every
   * field.
   */
  readonly fields?: { readonly [name in FieldName<Row> | `${string}.${FieldName<Row>}` | '*']?: AccessRule }
}

/** What is left of a row: any field may be absent, at any depth. */
export type Filtered<Value> = Value extends readonly (infer Item)[]
  ? readonly Filtered<Item>[]
  : Value extends object
    ? { readonly [Field in keyof Value]?: Filtered<Value[Field]> }
    : Value

/** Cuts rows of one kind to what a caller may see. */
export interface DataFilter<Row> {
  /**
   * Copies a row without what the caller may not see.
   *
   * @param row - Data as JSON has it. Where an object has a method `toJSON`, what it gives is the data. It is not changed.
   * @param grant - What the caller may do: `grant` of a verified access token.
   * @returns Undefined when the caller may not see the row.
   * @throws {TypeError} For data that is more than 100 levels deep, such as an object that holds itself.
   */
  one(row: Row, grant: AccessGrant): Filtered<Row> | undefined
  /**
   * Copies the rows that the caller may see, as `one` does.
   *
   * @throws {TypeError} As `one`; then nothing is given at all.
   */
  all(rows: Iterable<Row>, grant: AccessGrant): readonly Filtered<Row>[]
  /**
   * Passes on the rows that the caller may see, as `one` does, each as soon as it is there. Ending the iteration ends that
   * of the source.
   *
   * @param rows - Any iterable, such as a `ReadableStream` of rows, or a cursor of a database.
   * @throws {TypeError} From the iteration, as `one`.
   */
  stream(rows: AsyncIterable<Row> | Iterable<Row>, grant: AccessGrant): AsyncGenerator<Filtered<Row>, void, undefined>
}

/**
 * Creates a filter for rows of one kind.
 *
 * @param options - Who may see which rows and fields. Plain data, checked now: they may come from a file.
 * @throws {ConfigurationError} `OIDC_OPTION_UNKNOWN`, `OIDC_OPTION_INVALID` for a condition that says nothing, and
 *   `OIDC_ACCESS_RULE_INVALID`.
 * @example source: examples/snippets/filter.ts
 */
export function createDataFilter<Row extends object = Readonly<Record<string, unknown>>>(
  options: DataFilterOptions<NoInfer<Row>>,
): DataFilter<Row> {
  checkOptions(options, { rows: ['a list', Array.isArray], fields: 'object' }, [])
  const rowGrants = options.rows?.map(readRowGrant)
  const fieldRules = readFieldRules(options.fields ?? {})

  const view = (grant: AccessGrant) => {
    const allows = decideWith(grant)
    return (given: Row): Filtered<Row> | undefined => {
      const row = asJson(given) as Row
      const seen = !rowGrants || rowGrants.some(({ needs, where }) => fits(row, where) && allows(needs, row))
      if (!seen) return undefined
      return copy(row, '', (path) => rulesFor(fieldRules, path).every((rule) => allows(rule, row)), 0) as Filtered<Row>
    }
  }
  return {
    one: (row, grant) => view(grant)(row),
    all: (rows, grant) => Array.from(rows, view(grant)).filter((row) => row !== undefined),
    async *stream(rows, grant) {
      const see = view(grant)
      for await (const row of rows) {
        const seen = see(row)
        if (seen !== undefined) yield seen
      }
    },
  }
}

/** Decides rules with the fields of a row as parameters; those without parameters once for all rows. */
function decideWith(grant: AccessGrant): (rule: RowRule, row: object) => boolean {
  const decided = new Map<RowRule, boolean>()
  return (rule, row) => {
    const allowed = decided.get(rule) ?? decideAccess(rule.rule, grant, row as AccessParameters).allowed
    if (!rule.hasParameters) decided.set(rule, allowed)
    return allowed
  }
}

/** Copies what {@link asJson} gave without the fields that may not be seen, whose values are not even read. */
function copy(value: unknown, path: string, isSeen: (path: string) => boolean, level: number): unknown {
  if (level > mostLevels) throw new TypeError(`Data to filter is at most ${mostLevels} levels deep.`)
  // A list of its own: one of a class could bring its `toJSON` along.
  if (Array.isArray(value)) return Array.from(value, (item) => copy(asJson(item), path, isSeen, level + 1))
  // A row that is a text or a number, or a list of these, has no field that a name could be about.
  if (typeof value !== 'object' || value === null)
    return typeof value === 'function' || !(path || isSeen(path)) ? undefined : value
  const seen: [name: string, value: unknown][] = []
  for (const name of Object.keys(value)) {
    const place = `${path}.${name}`
    if (isSeenFrom(place, path.length + 1, isSeen))
      seen.push([name, copy(asJson(ownMember(value, name)), place, isSeen, level + 1)])
  }
  // Defines each member, so that one named __proto__ is data.
  return Object.fromEntries(seen)
}

/** Whether all may be seen that ends at a dot behind `start`: a name with dots, as of joined tables, stands for nested fields. */
function isSeenFrom(place: string, start: number, isSeen: (path: string) => boolean): boolean {
  const dot = place.indexOf('.', start)
  return isSeen(dot === -1 ? place : place.slice(0, dot)) && (dot === -1 || isSeenFrom(place, dot + 1, isSeen))
}

/** What JSON makes of an object with `toJSON`, such as a date or a record of a database library. */
function asJson(value: unknown): unknown {
  const { toJSON } = Object(value) as { readonly toJSON?: unknown }
  return typeof value === 'object' && typeof toJSON === 'function' ? toJSON.call(value) : value
}
