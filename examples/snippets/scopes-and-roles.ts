import { mapScopesToRoles, scope } from '@countersign/core'

const editContacts = mapScopesToRoles(scope('contacts.write'), { 'contacts.write': ['Contact Editor', 'Admin'] })
console.log(JSON.stringify(editContacts))
