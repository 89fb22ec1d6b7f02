import { html } from 'hono/html'
import { type Html, layout } from './layout.ts'

/** What the login page shows and sends back. */
export interface LoginPage {
  /** Path that the form is sent to. */
  readonly action: string
  /** Name of the application that asks. */
  readonly appName: string
  /** Heading text from the hosting URL. Default "Sign in". */
  readonly heading?: string
  /** Hidden fields: the handle of the transaction and the CSRF token. */
  readonly hidden: Readonly<Record<string, string>>
  /** Login id to begin with, from `login_hint` or the last attempt. */
  readonly loginId?: string
  /** Why the last attempt failed. */
  readonly error?: string
}

/** The sign-in form: server-rendered, works without script. */
export function loginPage(options: LoginPage): Html {
  const { action, appName, heading = 'Sign in', hidden, loginId = '', error } = options
  const faulty = error === undefined ? '' : html` aria-invalid="true" aria-describedby="problem"`
  // After a failure, and with a known login id, the password is what has to be typed next.
  const focusPassword = loginId !== ''
  return layout({
    title: error === undefined ? heading : `Error: ${heading}`,
    body: html`<h1>${heading}</h1>
<p class="soft">to continue to <strong>${appName}</strong></p>
<form method="post" action="${action}">
${Object.entries(hidden).map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}">`)}
${error === undefined ? '' : html`<p class="error" id="problem" role="alert">${error}</p>`}
<label for="login-id">Login ID or e-mail</label>
<input id="login-id" name="loginId" type="text" inputmode="email" autocomplete="username" autocapitalize="none"
spellcheck="false" required value="${loginId}"${faulty}${focusPassword ? '' : html` autofocus`}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${faulty}${
      focusPassword ? html` autofocus` : ''
    }>
<button type="submit">Sign in</button>
</form>`,
  })
}
