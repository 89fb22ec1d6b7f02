import { type AccessRule, scope } from '@countersign/core'

// Rules are plain data: the pages show or explain with them, the API decides with them, the agent asks for their scopes.
export const readContacts: AccessRule = scope('contacts.read')
export const readInvoices: AccessRule = scope('billing.read')
