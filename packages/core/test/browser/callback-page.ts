import { createBrowserClient } from '../../src/browser/index.ts'

// What an app does on its redirect URI: it starts its client, whatever the URL is. In a window of its own the page must
// know its provider; in a frame it does not matter.
const issuer = new URLSearchParams(location.search).get('issuer') ?? 'http://localhost/of-no-matter-in-a-frame'
createBrowserClient({
  issuer,
  clientId: issuer.split('/').at(-1) ?? '',
  redirectUri: location.origin + location.pathname,
}).start()
