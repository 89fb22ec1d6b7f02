import { allOf, param, role, scope, scopesOf, tenant } from '@countersign/core'
import express from 'express'
import { expect, test } from 'vitest'
import { accessRulesOf, createAccessGuard } from '../src/index.ts'
import { createIdp, startApi } from './support/running-api.ts'

const guard = createAccessGuard(createIdp().verifierOptions)
const handler: express.RequestHandler = (_req, res) => void res.end()

test('lists method, path and rule of each route, open ones too', () => {
  const router = express.Router()
  router.get('/health', handler)
  router.get('/me', guard.authenticate(), handler)
  router.get('/news', guard.authenticate({ optional: true }), handler)
  router.get(['/contacts', '/people'], guard.requireScopes('contacts.read'), handler)
  router.all('/any', guard.requireRoles('Editor'), handler)
  router.get('/tenants/:tenantId', guard.requireTenant(param('tenantId')), handler)
  const recent = { maxAgeSeconds: 300 }
  router
    .route('/contacts/:id')
    .all(guard.requireScopes('contacts.read'))
    .get(handler)
    .delete(guard.requireRoles('Editor', { tenant: (req) => String(req.params.id), authentication: recent }), handler)
  const row = { access: 'guarded', rule: undefined, dependsOnRequest: false, authentication: [] }
  const read = scope('contacts.read')
  expect(accessRulesOf(router)).toEqual([
    { ...row, method: 'GET', path: '/health', access: 'open' },
    { ...row, method: 'GET', path: '/me' },
    { ...row, method: 'GET', path: '/news', access: 'optional' },
    { ...row, method: 'GET', path: '/contacts', rule: read },
    { ...row, method: 'GET', path: '/people', rule: read },
    { ...row, method: 'ALL', path: '/any', rule: role('Editor') },
    { ...row, method: 'GET', path: '/tenants/:tenantId', rule: tenant(param('tenantId')) },
    { ...row, method: 'GET', path: '/contacts/:id', rule: read },
    { ...row, method: 'DELETE', path: '/contacts/:id', rule: read, dependsOnRequest: true, authentication: [recent] },
  ])
})

test('lists a route for all methods once, with the methods that have handlers of their own', () => {
  const app = express()
  app.all('/app', guard.requireScopes('a'), handler)
  app.route('/route').all(handler).put(guard.requireScopes('b'), handler)
  expect(accessRulesOf(app).map(({ method, path, rule }) => [method, path, rule])).toEqual([
    ['ALL', '/app', scope('a')],
    ['ALL', '/route', undefined],
    ['PUT', '/route', scope('b')],
  ])
})

test('counts guards that are mounted in front of routes and routers, and none behind', () => {
  const app = express()
  const items = express.Router()
  items.get('/', handler)
  items.post('/:id', guard.requireScopes('items.write'), handler)
  app.get('/before', handler)
  app.use('/admin', guard.requireRoles('Admin'))
  app.get('/admin/users', handler)
  app.get('/administrators', handler)
  app.use(guard.requireScopes('api'))
  app.get('/after', handler)
  app.use(items)
  const rules = Object.fromEntries(accessRulesOf(app).map(({ method, path, rule }) => [`${method} ${path}`, rule]))
  expect(rules).toEqual({
    'GET /before': undefined,
    'GET /admin/users': role('Admin'),
    'GET /administrators': undefined,
    'GET /after': scope('api'),
    'GET /': scope('api'),
    'POST /:id': allOf(scope('api'), scope('items.write')),
  })
})

test('counts no guard that a request can pass by, and every one that it can not', () => {
  const isExpress4 = 'lazyrouter' in express()
  const optional = isExpress4 ? ['/:tenant?', '/api/:id?', '/files/*'] : ['/{:tenant}', '/api{/:id}', '/files/*rest']
  const app = express()
  app.use(['/:tenant', '/api', '/files'], guard.authenticate())
  app.get([...optional, '/:tenant/x', /health/], handler)
  const other = express()
  other.get('/late', handler, guard.authenticate())
  other.get('/first', express.json(), guard.authenticate(), handler)
  other.all('/any', guard.authenticate())
  const listed = (router: express.Express) => accessRulesOf(router).map(({ path, access }) => [path, access])
  expect(listed(app)).toEqual([
    [optional[0], 'open'],
    [optional[1], 'guarded'],
    [optional[2], 'guarded'],
    ['/:tenant/x', 'guarded'],
    ['/health/', 'open'],
  ])
  expect(listed(other)).toEqual([
    ['/late', 'open'],
    ['/first', 'guarded'],
    ['/any', 'guarded'],
  ])
})

test.each<[RegExp, path: string, request: string, access: string, status: number]>([
  [/^\/re/, '/re/x', '/re/x', 'guarded', 401],
  [/^\/re/, '/rex', '/rex', 'open', 200],
  [/x$/, '/a/x', '/a/x', 'open', 200],
  [/\/b/, '/a/b', '/a/b', 'open', 200],
  [/(?:)/, '/a', '/a', 'guarded', 401],
  [/^\/(?!public).*$/, '/private', '/private', 'guarded', 401],
  [/^\/(?!public).*$/, '/:page', '/public', 'open', 200],
])(
  'says of a guard at the pattern %s and the route %s what a request meets',
  async (pattern, path, request, access, status) => {
    const app = express()
    app.use(pattern, guard.authenticate())
    app.get(path, handler)
    expect(accessRulesOf(app)).toMatchObject([{ path, access }])
    const api = await startApi(() => undefined, app)
    expect((await api.call(request)).status).toBe(status)
  },
)

test('shows the path of a nested router where Express keeps it, and else a star', () => {
  const app = express()
  const items = express.Router()
  items.get('/:id', guard.requireScopes('items.read'), handler)
  app.use('/v1/items', items)
  const [row] = accessRulesOf(app)
  expect(['/v1/items/:id', '/*/:id']).toContain(row?.path)
  expect(row?.rule).toEqual(scope('items.read'))
})

test('counts a guard at the path of the router behind it, and lists what stands at several paths', () => {
  const isExpress4 = 'lazyrouter' in express()
  const items = express.Router()
  items.get('/:id', handler)
  const root = express.Router()
  root.get('', handler)
  const app = express()
  app.use('/items', guard.authenticate(), items)
  app.use(['/', '/v2'], items)
  app.use(root)
  expect(accessRulesOf(app).map(({ path, access }) => [path, access])).toEqual(
    isExpress4
      ? [
          ['/*/:id', 'open'],
          ['/*/:id', 'open'],
          ['/', 'open'],
        ]
      : [
          ['/items/:id', 'guarded'],
          ['/:id', 'open'],
          ['/v2/:id', 'open'],
          ['/', 'open'],
        ],
  )
})

test('gives the scopes that the metadata of an API lists, with routes that came later', () => {
  const app = express()
  const scopes = () => accessRulesOf(app).flatMap(({ rule }) => (rule ? scopesOf(rule) : []))
  expect(scopes()).toEqual([])
  app.get('/', guard.requireAccess(allOf(scope('a'), role('Editor'), scope('b'))), handler)
  app.get('/c', guard.requireScopes('c'), handler)
  expect(scopes()).toEqual(['a', 'b', 'c'])
})
