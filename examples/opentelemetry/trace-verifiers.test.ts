import { createAccessTokenVerifier } from '@countersign/core/api'
import { descopeApi } from '@countersign/core/descope'
import { createMockIdp, demoProject } from '@countersign/mock-idp'
import { context, SpanStatusCode, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { expect, onTestFinished, test } from 'vitest'
import { traceVerifiers } from './trace-verifiers.ts'

function setUp() {
  const exporter = new InMemorySpanExporter()
  const tracer = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] }).getTracer('example')
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  const stop = traceVerifiers(tracer)
  onTestFinished(() => {
    stop()
    context.disable()
  })

  const idp = createMockIdp()
  let down = false
  const verifier = createAccessTokenVerifier({
    ...descopeApi({ projectId: idp.projectId, baseUrl: idp.origin, inbound: true }),
    fetch: async (url, init) => (down ? new Response(null, { status: 500 }) : idp.fetch(new Request(url, init))),
  })
  const order = () => idp.tokens.accessToken({ client: demoProject.agent.clientId, scope: 'contacts.read' })
  const breakProvider = () => {
    down = true
  }
  const spans = () => exporter.getFinishedSpans()
  return { tracer, verifier, order, spans, breakProvider }
}

test('each call of a verifier and each request for keys becomes a span', async () => {
  const { verifier, order, spans } = setUp()
  const token = await order()
  await verifier.verify(token)
  await verifier.verify(token)
  await verifier.authenticate(undefined).catch(() => undefined)
  expect(spans().map(({ name, attributes }) => [name, attributes])).toEqual([
    ['countersign key-fetch', expect.objectContaining({ 'countersign.keys': 1, 'countersign.keys_skipped': 0 })],
    ['countersign verify', expect.objectContaining({ 'countersign.algorithm': 'RS256' })],
    ['countersign cache-hit', { 'countersign.issuer': expect.stringContaining('/v1/apps/') }],
    ['countersign refused', { 'error.type': 'OIDC_TOKEN_MISSING' }],
  ])
  const [fetched, verified] = spans()
  expect(verified?.startTime[0]).toBeCloseTo(Date.now() / 1000, -2)
  // The call waited for the keys.
  expect(verified?.duration.join('.') ?? '').not.toBe('0.0')
  expect(fetched?.status.code).toBe(SpanStatusCode.UNSET)
  expect(JSON.stringify(spans().map(({ attributes }) => attributes))).not.toContain(token.split('.')[1])
})

test('they are children of the span of the request that they serve', async () => {
  const { tracer, verifier, order, spans } = setUp()
  const token = await order()
  const request = tracer.startSpan('GET /contacts')
  await context.with(trace.setSpan(context.active(), request), () => verifier.verify(token))
  request.end()
  const [fetched, verified] = spans()
  expect(verified?.parentSpanContext?.spanId).toBe(request.spanContext().spanId)
  expect(fetched?.spanContext().traceId).toBe(request.spanContext().traceId)
})

test('keys that can not be had are an error, a token that is refused is none', async () => {
  const { verifier, order, spans, breakProvider } = setUp()
  const token = await order()
  breakProvider()
  await verifier.verify(token).catch(() => undefined)
  await verifier.verify('x').catch(() => undefined)
  expect(spans().map(({ name, status }) => [name, status.code])).toEqual([
    ['countersign key-fetch', SpanStatusCode.ERROR],
    ['countersign refused', SpanStatusCode.UNSET],
    ['countersign refused', SpanStatusCode.UNSET],
  ])
})
