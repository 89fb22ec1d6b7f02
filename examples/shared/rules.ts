import { type AccessRule, allOf, anyOf, claim, mapScopesToRoles, not, scope } from '@countersign/core'

// Rules are plain data: the pages show or explain with them, the API decides with them, the agent asks for their scopes.

/** What a client may do for a user: its scopes say it. */
export const readContacts: AccessRule = scope('contacts.read')
export const readInvoices: AccessRule = scope('billing.read')

/** Who may make use of a scope: users with one of these roles. */
export const editContacts: AccessRule = mapScopesToRoles(scope('contacts.write'), {
  'contacts.write': ['Contact Editor'],
})

/** A client that acts for itself: the subject of its token is the client, and nobody logged in. */
const actsForItself = allOf(claim('sub', { claim: 'azp' }), not(claim('amr')))
export const importContacts: AccessRule = allOf(scope('contacts.write'), actsForItself)

/** One of these opens the list of files; which files are in it is for the filter to say. */
export const readFiles: AccessRule = anyOf(scope('files.read_public'), scope('files.read_private'))
