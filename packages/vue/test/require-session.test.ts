import { param, role } from '@countersign/core'
import { demoProject } from '@countersign/mock-idp'
import { expect, test, vi } from 'vitest'
import { createApp, h } from 'vue'
import {
  createRouter,
  createWebHashHistory,
  createWebHistory,
  type Router,
  type RouterHistory,
  RouterView,
} from 'vue-router'
import { createCountersign, type RequireSessionOptions, requireSession } from '../src/index.ts'
import { createSite, type Site } from './support/site.ts'

function routed(site: Site, options: RequireSessionOptions = {}, history?: RouterHistory): Router {
  const page = (text: string) => ({ render: () => h('p', text) })
  const router = createRouter({
    history: history ?? createWebHistory(),
    routes: [
      { path: '/', component: page('home') },
      { path: '/orders', component: page('orders') },
      { path: '/callback', component: page('callback') },
      { path: '/failed', component: page('failed') },
      { path: '/denied', component: page('denied') },
    ],
  })
  router.beforeEach(requireSession(site.client, options))
  createApp({ render: () => h(RouterView) })
    .use(router)
    .use(createCountersign(site.client))
    .mount(document.createElement('div'))
  return router
}

test('waits for the first known state and leads back from the callback to the page the user wanted (behaviour 44)', async () => {
  const site = createSite()
  await site.returnFromProvider()
  const router = routed(site)
  await router.isReady()
  expect(router.currentRoute.value.fullPath).toBe('/orders?page=2')
  expect(location.pathname + location.search).toBe('/orders?page=2')
  expect(site.requests.filter((path) => path === 'token')).toHaveLength(1)
})

test('sends users to the provider once, cancels the navigation, and brings them back to the page they asked for', async () => {
  const site = createSite()
  const router = routed(site)
  await router.push('/orders?page=3#top')
  expect(router.currentRoute.value.path).toBe('/')
  const departure = site.departures.at(-1) ?? ''
  history.replaceState(null, '', await site.idp.driver.login(departure, { user: 'mira@acme.example' }))
  expect(await site.client.handleCallback()).toEqual({ returnTo: '/orders?page=3#top' })
  await router.push('/orders')
  expect(router.currentRoute.value.path).toBe('/orders')
})

test('keeps the base of the router', async () => {
  const site = createSite({ redirectUri: `${location.origin}/app/callback` })
  history.replaceState(null, '', '/app/orders?page=4')
  const router = routed(site, {}, createWebHistory('/app'))
  await vi.waitFor(() => expect(site.departures).toHaveLength(1))
  const departure = site.departures[0] ?? ''
  router.options.history.destroy()
  history.replaceState(null, '', await site.idp.driver.login(departure, { user: 'mira@acme.example' }))
  const tab = { ...site, client: site.openTab() }
  const next = routed(tab, {}, createWebHistory('/app'))
  await next.isReady()
  expect(next.currentRoute.value.fullPath).toBe('/orders?page=4')
  expect(location.pathname + location.search).toBe('/app/orders?page=4')
})

test('works with a hash router', async () => {
  const site = createSite({ redirectUri: `${location.origin}/` })
  history.replaceState(null, '', '/#/orders?page=5')
  const router = routed(site, {}, createWebHashHistory())
  await vi.waitFor(() => expect(site.departures).toHaveLength(1))
  router.options.history.destroy()
  const callback = await site.idp.driver.login(site.departures[0] ?? '', { user: 'mira@acme.example' })
  history.replaceState(null, '', callback)
  const tab = { ...site, client: site.openTab() }
  const next = routed(tab, {}, createWebHashHistory())
  await next.isReady()
  expect(next.currentRoute.value.fullPath).toBe('/orders?page=5')
  expect(location.hash).toBe('#/orders?page=5')
})

test('reports a failed login at errorPath with its code, once, and then starts a new one (behaviour 44)', async () => {
  const site = createSite()
  history.replaceState(null, '', '/callback?code=used&state=used')
  const router = routed(site, { errorPath: '/failed' })
  await router.isReady()
  expect(router.currentRoute.value.fullPath).toBe('/failed?code=OIDC_TRANSACTION_MISSING')
  expect(site.departures).toEqual([])
  await router.push('/orders')
  expect(site.departures).toHaveLength(1)
})

test('reports a login that could not be started at errorPath', async () => {
  const fetch = async () => {
    throw new TypeError('offline')
  }
  const router = routed(createSite({ fetch }), { errorPath: '/failed' })
  await router.isReady()
  expect(router.currentRoute.value.fullPath).toBe('/failed?code=OIDC_NETWORK_ERROR')
})

test('hands a failed login to the router without errorPath', async () => {
  const site = createSite()
  history.replaceState(null, '', '/callback?code=used&state=used')
  const failed = site.client.handleCallback()
  await expect(failed).rejects.toMatchObject({ code: 'OIDC_TRANSACTION_MISSING' })
  const guard = requireSession(site.client)
  await expect(guard({ path: '/orders', fullPath: '/orders' })).rejects.toMatchObject({
    code: 'OIDC_TRANSACTION_MISSING',
  })
  expect(await guard({ path: '/orders', fullPath: '/orders' })).toBe(false)
  expect(site.departures).toHaveLength(1)
})

test('leads users whom the rule denies to deniedPath, or cancels', async () => {
  const site = createSite()
  await site.signIn()
  const to = { path: '/orders', fullPath: '/orders' }
  expect(await requireSession(site.client, { rule: role('Staff') })(to)).toBe(true)
  expect(await requireSession(site.client, { rule: role('Billing Admin') })(to)).toBe(false)
  const router = routed(site, { rule: role('Billing Admin'), deniedPath: '/denied' })
  await router.push('/orders')
  expect(router.currentRoute.value.path).toBe('/denied')
  expect(site.departures).toEqual([])
})

test('decides a rule about the tenant in the path of a route', async () => {
  const site = createSite()
  await site.signIn()
  const rule = role('Book Keeper', { tenant: param('tenantId') })
  const router = routed(site)
  const ofTenant = requireSession(site.client, { rule, deniedPath: '/denied' })
  router.addRoute({ path: '/:tenantId/books', component: { render: () => h('p', 'books') } })
  router.beforeEach((to) => !to.params.tenantId || ofTenant(to))
  const { acme, globex } = demoProject.tenants
  for (const [tenantId, path] of [
    [acme, `/${acme}/books`],
    [globex, '/denied'],
    ['__proto__', '/denied'],
  ]) {
    await router.push(`/${tenantId}/books`)
    expect(router.currentRoute.value.path).toBe(path)
  }
})

test('leads to the start page when the user wanted a page outside the base of the router', async () => {
  const site = createSite({ redirectUri: `${location.origin}/app/callback` })
  await site.client.login({ returnTo: '/other/app/list' })
  const { search } = new URL(await site.idp.driver.login(site.departures[0] ?? '', { user: 'mira@acme.example' }))
  history.replaceState(null, '', `/app/callback${search}`)
  const to = { path: '/callback', fullPath: `/callback${search}`, href: `/app/callback${search}` }
  expect(await requireSession(site.client)(to)).toBe('/')
})

test('cancels navigations during a logout, and starts a login with the password for the ones after it', async () => {
  const site = createSite()
  await site.signIn()
  const guard = requireSession(site.client, { login: { parameters: { flow: 'sign-up-or-in' } } })
  const to = { path: '/orders', fullPath: '/orders' }
  const release = site.hold('revoke')
  const logout = site.client.logout({ localOnly: true })
  expect(await guard(to)).toBe(false)
  expect(site.departures).toEqual([])
  release()
  await logout
  expect(await guard(to)).toBe(false)
  const { searchParams } = new URL(site.departures[0] ?? '')
  expect(searchParams.get('prompt')).toBe('login')
  expect(searchParams.get('flow')).toBe('sign-up-or-in')
})

test('starts the client and waits for its first known state when no app has done so', async () => {
  const site = createSite()
  await site.returnFromProvider()
  const guard = requireSession(site.client)
  expect(await guard({ path: '/orders', fullPath: '/orders' })).toBe(true)

  const signedOut = createSite()
  expect(await requireSession(signedOut.client)({ path: '/orders', fullPath: '/orders' })).toBe(false)
  expect(signedOut.departures).toHaveLength(1)
})
