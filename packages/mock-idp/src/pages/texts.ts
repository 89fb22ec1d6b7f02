import { type Check, mapOf, oneOf, shape, text } from '../config/shape.ts'

/** Texts of the built-in pages, in another language or in other words. `{app}` and `{user}` stand for names. */
export interface PageTexts {
  /** Language of the texts, as in `lang`. Default `en`. */
  readonly language: string
  /** Direction of writing. Default that of the language. */
  readonly direction: 'ltr' | 'rtl'
  /** Name at the top of every page. */
  readonly brand: string
  /** What stands after the title of every page in the browser's tab. */
  readonly titleSuffix: string
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
  /** Signed-out page that leads back to an application: link. */
  readonly signedOutButton: string
  /** Page for the code of a device: heading, and title. */
  readonly deviceHeading: string
  /** Page for the code of a device: introduction. */
  readonly deviceText: string
  /** Page for the code of a device: label of the field. */
  readonly deviceCode: string
  /** Page for the code of a device: button. */
  readonly deviceButton: string
  /** Page for the code of a device: the device is connected. */
  readonly deviceApproved: string
  /** Page for the code of a device: the user said no. */
  readonly deviceDenied: string
  /** Page for the code of a device: there is no such code. */
  readonly deviceUnknown: string
  /** Page for the code of a device: too many wrong codes; `{minutes}` is how long to wait. */
  readonly deviceTooMany: string
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
  /** Consent page: legend of what is asked for in detail. */
  readonly consentDetails: string
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
  /** Screen: message for a required field without a value; `{field}` is its label. */
  readonly fieldMissing: string
  /** Screen: message for what is no e-mail address; `{field}` is the label. */
  readonly fieldNotEmail: string
  /** Screen: message for a value that does not fit; `{field}` is the label. */
  readonly fieldNotFitting: string
  /** Screen: message for a button that is not on it. */
  readonly buttonUnknown: string
  /** Page that waits for a link: heading, and title. */
  readonly waitHeading: string
  /** Page that waits for a link: text. */
  readonly waitText: string
  /** Page that waits for a link: button. */
  readonly waitButton: string
  /** Page of an opened link: heading, and title. */
  readonly linkHeading: string
  /** Page of an opened link: text. */
  readonly linkText: string
  /** End of a stand-alone run: heading, and title. */
  readonly resultHeading: string
  /** End of a stand-alone run that failed: heading, and title. */
  readonly resultFailedHeading: string
  /** End of a stand-alone run: label of the flow. */
  readonly resultFlow: string
  /** End of a stand-alone run: label of the user. */
  readonly resultUser: string
  /** End of a stand-alone run: what to do next. */
  readonly resultText: string
  /** Runner log: heading. */
  readonly logHeading: string
  /** Runner log: label of the details. */
  readonly logData: string
  /** Index page: heading, and title. */
  readonly homeHeading: string
  /** Index page: introduction; `{project}` is the project id. */
  readonly homeText: string
  /** Index page: link to the console. */
  readonly homeConsole: string
  /** Index page: what the console is for. */
  readonly homeConsoleText: string
  /** Index page: heading above an authorization response that came back to it. */
  readonly homeCallback: string
  /** Index page: heading of the applications. */
  readonly homeApplications: string
  /** Index page: label of a client id. */
  readonly homeClientId: string
  /** Index page: label of an issuer. */
  readonly homeIssuer: string
  /** Index page: link to a login; `{app}` is the application. */
  readonly homeTry: string
  /** Index page: heading of the flows. */
  readonly homeFlows: string
  /** Index page: heading of the users. */
  readonly homeUsers: string
  /** Index page: column of login ids. */
  readonly homeLoginId: string
  /** Index page: column of passwords. */
  readonly homePassword: string
  /** Index page: in place of a password. */
  readonly homeNoPassword: string
  /** Index page: column of remarks. */
  readonly homeRemark: string
  /** Index page: heading of the endpoints. */
  readonly homeEndpoints: string
  /**
   * Every other text, by its English words: headings, labels, buttons and messages of flows, your own ones too (with
   * their `{{placeholders}}`), messages of actions, reasons on the error page, names of endpoints. Default none.
   */
  readonly phrases: Readonly<Record<string, string>>
}

/** The texts where the configuration has none. */
export const englishTexts: PageTexts = {
  language: 'en',
  direction: 'ltr',
  brand: 'Countersign mock identity provider',
  titleSuffix: 'Countersign mock',
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
  signedOutButton: 'Back to the application',
  deviceHeading: 'Connect a device',
  deviceText: 'Type the code that your device shows.',
  deviceCode: 'Code',
  deviceButton: 'Continue',
  deviceApproved: 'Your device is connected. You can close this page.',
  deviceDenied: 'Your device was not connected. You can close this page.',
  deviceUnknown: 'This code is unknown or has expired. Look at your device again.',
  deviceTooMany: 'Too many wrong codes. Wait {minutes} min, then type the code that your device shows.',
  formPostHeading: 'Back to the application',
  formPostButton: 'Continue',
  screenApp: 'to continue to {app}',
  consentHeading: 'Allow {app}?',
  consentUser: 'You are signed in as {user}.',
  consentAsks: 'It asks to',
  consentNothing: 'It asks for nothing but your sign-in.',
  consentDetails: 'In detail, it asks to',
  consentUnavailable: 'Not available to you',
  consentRequired: 'Required',
  consentAllowedBefore: 'Allowed before',
  consentAllow: 'Allow',
  consentDeny: 'Deny',
  fieldMissing: 'Please fill in: {field}.',
  fieldNotEmail: 'This is not an e-mail address: {field}.',
  fieldNotFitting: 'This does not fit: {field}.',
  buttonUnknown: 'This button is not on the screen.',
  waitHeading: 'Check your messages',
  waitText: 'Open the link that was sent to you, then go on here.',
  waitButton: 'Continue',
  linkHeading: 'Thank you',
  linkText: 'Go back to the page where you began.',
  resultHeading: 'The flow has ended',
  resultFailedHeading: 'The flow has failed',
  resultFlow: 'Flow',
  resultUser: 'Signed in as',
  resultText: 'No application asked for this login, so there is nowhere to go back to.',
  logHeading: 'Runner log',
  logData: 'Data',
  homeHeading: 'The mock is running',
  homeText: 'Project {project}. Point a client at one of these applications and sign in as one of these users.',
  homeConsole: 'Open the console',
  homeConsoleText: 'It shows requests and decisions as they happen, flows, tokens and faults.',
  homeCallback: 'The login came back',
  homeApplications: 'Applications',
  homeClientId: 'Client ID',
  homeIssuer: 'Issuer',
  homeTry: 'Try a login of {app}',
  homeFlows: 'Flows',
  homeUsers: 'Users',
  homeLoginId: 'Login ID',
  homePassword: 'Password',
  homeNoPassword: '(none)',
  homeRemark: 'Remark',
  homeEndpoints: 'Endpoints',
  phrases: {},
}

/** What `config.texts` may hold at run time. */
export const textsShape: Check = shape({
  optional: {
    ...Object.fromEntries(Object.keys(englishTexts).map((name) => [name, text])),
    direction: oneOf('ltr', 'rtl'),
    phrases: mapOf(text),
  },
})

/** Languages, and scripts, that are written from right to left. */
const rightToLeft = new Set('ar arab ckb dv fa he hebr ps sd syr thaa ug ur yi'.split(' '))

/**
 * The texts of one language, with what is absent taken from `base`.
 *
 * @param language - Its tag, where the texts do not say it.
 */
export function resolveTexts(given: Partial<PageTexts>, base: PageTexts, language: string = base.language): PageTexts {
  const tag = given.language ?? language
  const isRightToLeft = tag
    .toLowerCase()
    .split('-')
    .some((part) => rightToLeft.has(part))
  return { ...base, direction: isRightToLeft ? 'rtl' : 'ltr', ...given, language: tag }
}

/** What a project says on its pages: its own texts, and those of further languages by their tags. */
export interface ProjectTexts {
  readonly texts: PageTexts
  readonly locales: Readonly<Record<string, PageTexts>>
}

/** No language tag that a project has is longer; the query may hold thousands of parts. */
const mostParts = 8

/** The texts for a `locale`: of that language tag, else of a shorter one (RFC 4647 section 3.4), else the project's. */
export function textsFor({ texts, locales }: ProjectTexts, locale: string | undefined): PageTexts {
  const tags = Object.keys(locales)
  const parts = (locale ?? '').replaceAll('_', '-').toLowerCase().split('-', mostParts)
  for (let length = parts.length; length > 0; length--) {
    const wanted = parts.slice(0, length).join('-')
    const found = tags.find((tag) => tag.toLowerCase() === wanted)
    if (found !== undefined) return locales[found] ?? texts
  }
  return texts
}

/** A text in other words, where {@link PageTexts.phrases} has them. */
export function phrase({ phrases }: PageTexts, english: string): string {
  return (Object.hasOwn(phrases, english) ? phrases[english] : undefined) ?? english
}
