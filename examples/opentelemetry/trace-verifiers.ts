import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import type { VerifierEvent } from '@countersign/core/api'
import { type Attributes, SpanStatusCode, type Tracer } from '@opentelemetry/api'

/**
 * Makes a span of everything that verifiers of this process do: each call, each request for keys. A call that serves a
 * request becomes a child of the span of that request.
 *
 * @returns Stops it.
 */
export function traceVerifiers(tracer: Tracer): () => void {
  const record = (message: unknown) => {
    const event = message as VerifierEvent
    const failed = 'code' in event && event.code !== undefined
    const endTime = performance.timeOrigin + performance.now()
    const startTime = endTime - ('durationMs' in event ? event.durationMs : 0)
    const span = tracer.startSpan(`countersign ${event.kind}`, { startTime, attributes: attributesOf(event) })
    // What a caller sent wrong is no failure of this API; keys that do not come are.
    if (failed && event.kind === 'key-fetch') span.setStatus({ code: SpanStatusCode.ERROR, message: event.code })
    span.end(endTime)
  }
  const channels = ['countersign:api:verify', 'countersign:api:keys']
  for (const channel of channels) subscribe(channel, record)
  return () => {
    for (const channel of channels) unsubscribe(channel, record)
  }
}

function attributesOf(event: VerifierEvent): Attributes {
  return {
    ...('issuer' in event ? { 'countersign.issuer': event.issuer } : {}),
    ...('code' in event ? { 'error.type': event.code } : {}),
    ...('algorithm' in event ? { 'countersign.algorithm': event.algorithm } : {}),
    ...('keys' in event ? { 'countersign.keys': event.keys, 'countersign.keys_skipped': event.skipped?.length } : {}),
    ...('ageSeconds' in event ? { 'countersign.keys_age_seconds': event.ageSeconds } : {}),
  }
}
