import { type Check, oneOf, shape, text } from '../config/shape.ts'

/** Texts of the built-in pages, in another language or in other words. `{app}` and `{user}` stand for names. */
export interface PageTexts {
  /** Language of the texts, as in `lang`. Default `en`. */
  readonly language: string
  /** Direction of writing. Default `ltr`. */
  readonly direction: 'ltr' | 'rtl'
  /** Name at the top of every page. */
  readonly brand: string
  /** Note under every page. */
  readonly footer: string
  /** What stands before the title of a page that shows an error of a form. */
  readonly errorPrefix: string
  /** Error page: heading, and title. */
  readonly errorHeading: string
  /** Error page: introduction. */
  readonly errorText: string
  /** Error page: label of the description. */
  readonly errorReason: string
  /** Error page: label of the code. */
  readonly errorCode: string
  /** Error page: label of the request id. */
  readonly errorRequest: string
  /** Signed-out page: heading, and title. */
  readonly signedOutHeading: string
  /** Signed-out page: text. */
  readonly signedOutText: string
  /** Page that asks before a logout: heading, and title. */
  readonly signOutHeading: string
  /** Page that asks before a logout: text. */
  readonly signOutText: string
  /** Page that asks before a logout: button. */
  readonly signOutButton: string
  /** Page that brings the answer of a login back by form: heading, and title. */
  readonly formPostHeading: string
  /** Page that brings the answer of a login back by form: button. */
  readonly formPostButton: string
  /** Screen of a flow without text of its own; `{app}` is the application. */
  readonly screenApp: string
  /** Consent page: heading, and title; `{app}` is the application. */
  readonly consentHeading: string
  /** Consent page: who is signed in; `{user}` is the user. */
  readonly consentUser: string
  /** Consent page: legend of the scopes. */
  readonly consentAsks: string
  /** Consent page without any scope. */
  readonly consentNothing: string
  /** Consent page: heading of the scopes that cannot be given. */
  readonly consentUnavailable: string
  /** Consent page: mark of a scope that cannot be left out. */
  readonly consentRequired: string
  /** Consent page: mark of a scope that was allowed before. */
  readonly consentAllowedBefore: string
  /** Consent page: button to allow. */
  readonly consentAllow: string
  /** Consent page: button to deny. */
  readonly consentDeny: string
}

/** The texts where the configuration has none. */
export const englishTexts: PageTexts = {
  language: 'en',
  direction: 'ltr',
  brand: 'Countersign mock identity provider',
  footer: 'A mock for development and tests. Do not type real passwords.',
  errorPrefix: 'Error: ',
  errorHeading: 'This request cannot go on',
  errorText: 'The application that sent you here asked for something this provider refuses.',
  errorReason: 'Reason',
  errorCode: 'Code',
  errorRequest: 'Request',
  signedOutHeading: 'You are signed out',
  signedOutText: 'Your session at this provider has ended. You can close this page.',
  signOutHeading: 'Do you want to sign out?',
  signOutText: 'This ends your session at this provider for every application.',
  signOutButton: 'Sign out',
  formPostHeading: 'Back to the application',
  formPostButton: 'Continue',
  screenApp: 'to continue to {app}',
  consentHeading: 'Allow {app}?',
  consentUser: 'You are signed in as {user}.',
  consentAsks: 'It asks to',
  consentNothing: 'It asks for nothing but your sign-in.',
  consentUnavailable: 'Not available to you',
  consentRequired: 'Required',
  consentAllowedBefore: 'Allowed before',
  consentAllow: 'Allow',
  consentDeny: 'Deny',
}

/** What `config.texts` may hold at run time. */
export const textsShape: Check = shape({
  optional: {
    ...Object.fromEntries(Object.keys(englishTexts).map((name) => [name, text])),
    direction: oneOf('ltr', 'rtl'),
  },
})
