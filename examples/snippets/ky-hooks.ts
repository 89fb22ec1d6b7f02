import { createBrowserClient } from '@countersign/core/browser'
import { kyHooks } from '@countersign/core/browser/ky'
import ky from 'ky'

const client = createBrowserClient({
  issuer: 'https://login.example.com',
  clientId: 'contacts-app',
  redirectUri: `${location.origin}/callback`,
  resourceOrigins: ['https://api.example.com'],
})
const api = ky.create({ prefix: 'https://api.example.com', hooks: kyHooks(client) })

const contacts = await api.get('contacts').json()
console.log(contacts)
