/** Publishes what verifiers do on `node:diagnostics_channel`, where the runtime has it; nothing is imported for it. */
import type { VerifierEvent, VerifierEventListener } from './verifier-events.ts'

interface Channel {
  readonly hasSubscribers: boolean
  publish(message: VerifierEvent): void
}

interface Host {
  readonly process?: {
    getBuiltinModule?(id: string): { channel?(name: string): Channel } | undefined
  }
}

type Channels = readonly [verdicts: Channel, keys: Channel]

let channels: Channels | undefined
let looked = false

function openChannels(): Channels | undefined {
  const library = (globalThis as Host).process?.getBuiltinModule?.('node:diagnostics_channel')
  looked = true
  return library?.channel
    ? [library.channel('countersign:api:verify'), library.channel('countersign:api:keys')]
    : undefined
}

function publish(event: VerifierEvent): void {
  const aboutKeys = event.kind === 'key-fetch' || event.kind === 'stale'
  channels?.[aboutKeys ? 1 : 0].publish(event)
}

/**
 * Who learns what the next call does.
 *
 * @param onEvent - The listener of the verifier.
 * @returns Undefined when nobody does, so that the call need not take the time.
 */
export function listenerNow(onEvent: VerifierEventListener | undefined): VerifierEventListener | undefined {
  if (!looked) channels = openChannels()
  if (!channels || !(channels[0].hasSubscribers || channels[1].hasSubscribers)) return onEvent
  if (!onEvent) return publish
  return (event) => {
    onEvent(event)
    publish(event)
  }
}
