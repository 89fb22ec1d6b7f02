/** A browser engine, as the tests use it: all of them through the same few acts. */
export interface Engine {
  /** Name and version of the browser, as it tells them. */
  readonly version: string
  /** Opens a browser that has been nowhere: no cookies, no storage. */
  openProfile(): Promise<Profile>
  close(): Promise<void>
}

/** One user's browser. Everything in it is gone when it is closed. */
export interface Profile {
  /** Opens an empty tab. */
  openTab(): Promise<Tab>
  /** The tab or window that a page has opened and nobody has asked for yet; undefined while there is none. */
  openedTab(): Promise<Tab | undefined>
  close(): Promise<void>
}

/** A tab or a window. */
export interface Tab {
  visit(url: string): Promise<void>
  reload(): Promise<void>
  back(): Promise<void>
  url(): Promise<string>
  /** Runs the body of an asynchronous function that returns a text. May reject while the page is being replaced. */
  run(body: string): Promise<string>
  /** Clicks as a user does, so that the page may open a window. */
  click(selector: string): Promise<void>
  /** Types into an empty field. */
  fill(selector: string, text: string): Promise<void>
  close(): Promise<void>
}
