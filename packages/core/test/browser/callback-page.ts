import { createBrowserClient } from '../../src/browser/index.ts'

// What an app does on its redirect URI: it starts its client, whatever the URL is.
createBrowserClient({
  issuer: 'http://localhost/of-no-matter-in-a-frame',
  clientId: 'any',
  redirectUri: location.origin + location.pathname,
}).start()
