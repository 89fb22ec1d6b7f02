import type { Restorable } from './snapshot.ts'

/** A small collection of project data: users, applications, access keys. Entries are frozen; `update` replaces them. */
export interface Directory<Entry, Config> {
  /** Adds an entry. Throws a `TypeError` that names the field when something does not fit, or when its name is taken. */
  create(config: Config): Entry
  /** Finds an entry by its id or by another name it is known under (a login id, a client id). */
  get(name: string): Entry | undefined
  /** Changes fields of an entry, found as by `get`; takes effect with the next request. Throws when it is unknown. */
  update(name: string, changes: Partial<Config>): Entry
  /** Removes an entry, found as by `get`. Returns false when it was not there. */
  delete(name: string): boolean
  /** All entries in the order of their creation. */
  list(): readonly Entry[]
}

/** A {@link Directory} that can go back to its first content. */
export interface ResettableDirectory<Entry, Config> extends Directory<Entry, Config>, Restorable {
  /** Drops all changes. */
  reset(): void
}

/**
 * Creates a directory.
 *
 * @param options.what - What one entry is called in messages.
 * @param options.initial - Content at the start and after `reset`.
 * @param options.build - Checks a configuration and makes an entry of it.
 * @param options.namesOf - Every name an entry is found under; the first one is its id.
 * @param options.fixed - Fields that an update may not change. Default none beside the id.
 * @param options.unique - Fields whose value no two entries may share. Default none.
 * @param options.most - How many entries there may be. Default no limit.
 * @param options.keep - What was generated for an entry and must survive an update.
 */
export function createDirectory<Entry, Config>(options: {
  readonly what: string
  readonly initial: readonly Config[]
  readonly build: (config: Config, path: string) => Entry
  readonly namesOf: (entry: Entry) => readonly [string, ...string[]]
  readonly keep: (entry: Entry) => Partial<Config>
  readonly fixed?: readonly (keyof Entry & string)[]
  readonly unique?: readonly (keyof Entry & string)[]
  readonly most?: number
}): ResettableDirectory<Entry, Config> {
  const { what, initial, build, namesOf, keep, fixed = [], unique = [], most } = options
  let rows: { config: Config; entry: Entry }[] = []

  const find = (name: string) => rows.find((row) => namesOf(row.entry).includes(name))
  const insert = (given: Config, path: string, index: number): Entry => {
    const config = withoutUndefined(given)
    const entry = build(config, path)
    const taken = namesOf(entry).find((name) => find(name))
    if (taken !== undefined)
      throw new TypeError(`${path}: another ${what} is already known as ${JSON.stringify(taken)}`)
    const shared = unique.find((field) => rows.some((row) => row.entry[field] === entry[field]))
    if (shared !== undefined) {
      throw new TypeError(`${path}.${shared}: another ${what} has the ${shared} ${JSON.stringify(entry[shared])}`)
    }
    if (most !== undefined && rows.length >= most) throw new TypeError(`${path}: there may be at most ${most} of these`)
    rows.splice(index, 0, { config: { ...config, ...keep(entry) }, entry })
    return entry
  }
  const fill = (): void => {
    rows = []
    initial.forEach((config, index) => {
      insert(config, `config.${what}s[${index}]`, index)
    })
  }
  fill()

  return {
    create: (config) => insert(config, what, rows.length),
    get: (name) => find(name)?.entry,
    update(name, changes) {
      const row = find(name)
      if (!row) throw new TypeError(`${what}: ${JSON.stringify(name)} is unknown`)
      const index = rows.indexOf(row)
      rows.splice(index, 1)
      try {
        const entry = insert({ ...row.config, ...changes }, what, index)
        const sameId = namesOf(entry)[0] === namesOf(row.entry)[0]
        const changed = sameId ? fixed.find((field) => entry[field] !== row.entry[field]) : 'id'
        if (changed === undefined) return entry
        rows.splice(index, 1)
        throw new TypeError(`${what}.${changed}: an ${changed} cannot be changed`)
      } catch (error) {
        rows.splice(index, 0, row)
        throw error
      }
    },
    delete(name) {
      const row = find(name)
      rows = rows.filter((candidate) => candidate !== row)
      return row !== undefined
    },
    list: () => rows.map((row) => row.entry),
    reset: fill,
    save() {
      const kept = rows
      rows = [...rows]
      return () => {
        rows = [...kept]
      }
    },
  }
}

/** `undefined` counts as absent, so that a default takes its place. */
function withoutUndefined<Config>(config: Config): Config {
  if (typeof config !== 'object' || config === null) return config
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== undefined)) as Config
}
