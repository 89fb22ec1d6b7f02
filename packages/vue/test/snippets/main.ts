import { createBrowserClient } from '@countersign/core/browser'
import { createCountersign, requireSession } from '@countersign/vue'
import { createApp } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'
import App from './app.ts'

const client = createBrowserClient({
  issuer: 'https://idp.example',
  clientId: 'my-app',
  redirectUri: 'https://app.example/callback',
})
const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/', component: App },
    { path: '/callback', component: App, beforeEnter: requireSession(client) },
    { path: '/orders', component: App, beforeEnter: requireSession(client) },
  ],
})
createApp(App).use(router).use(createCountersign(client)).mount('#app')
