/** The job that the app of every library does: login by redirect, profile, access token with renewal, logout. */
export interface App {
  /** Whether a user is signed in, now that the app is open. */
  readonly signedIn: boolean
  login(): Promise<unknown>
  /** The access token, renewed when it is about to expire. */
  accessToken(): Promise<string | null | undefined>
  /** Claims of the user. */
  profile(): Promise<unknown>
  logout(): Promise<unknown>
}

/** What an app is told about itself and its provider. */
export interface Settings {
  readonly issuer: string
  readonly clientId: string
  readonly redirectUri: string
  readonly postLogoutRedirectUri: string
  readonly scope: string
}

/** Opens the app on the current page, which is the callback when its path is that of `redirectUri`. */
export type OpenApp = (settings: Settings) => Promise<App>

/** Whether the current page is the callback. */
export const isCallback = ({ redirectUri }: Settings): boolean =>
  location.pathname === new URL(redirectUri).pathname && /[?&](code|error)=/.test(location.search)
