/** What an act leaves behind for the next page: shown once, so that a secret is gone after a reload. */

/** What an act tells. */
export interface Notice {
  readonly tone: 'good' | 'bad'
  readonly text: string
  /** Shown with the notice and kept nowhere else in the console. */
  readonly secret?: { readonly label: string; readonly value: string }
  /** Where the browser goes, below the console. Default the first page of the section. */
  readonly to?: string
  /** What was typed, to fill the form again after a mistake. */
  readonly typed?: URLSearchParams
}

/** Notices that wait for their page. */
export interface Notices {
  /** Keeps a notice and gives its id, which no other page can guess. */
  put(notice: Notice): string
  /** Gives a notice once. */
  take(id: string | null): Notice | undefined
}

const mostNotices = 50

/** Creates an empty store. */
export function createNotices(): Notices {
  const waiting = new Map<string, Notice>()
  return {
    put(notice) {
      const id = crypto.randomUUID()
      waiting.set(id, notice)
      for (const oldest of waiting.keys()) {
        if (waiting.size <= mostNotices) break
        waiting.delete(oldest)
      }
      return id
    },
    take(id) {
      const notice = id === null ? undefined : waiting.get(id)
      if (id !== null) waiting.delete(id)
      return notice
    },
  }
}
