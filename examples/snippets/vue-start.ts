import { createBrowserClient } from '@countersign/core/browser'
import { descopeBrowser } from '@countersign/core/descope'
import { createCountersign, Guard, useSession } from '@countersign/vue'
import { createApp, defineComponent } from 'vue'

const client = createBrowserClient({
  ...descopeBrowser({ projectId: 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H' }),
  redirectUri: `${location.origin}/callback`,
})

const App = defineComponent({
  components: { Guard },
  setup: () => ({ session: useSession() }),
  template: '<Guard><h1>Hello, {{ session.claims.name }}</h1></Guard>',
})

createApp(App).use(createCountersign(client)).mount('#app')
