/** Messages that flows send. Nothing leaves the mock. */
import type { Restorable } from '../snapshot.ts'

/** One message to a user. */
export interface OutboxMessage {
  /** Milliseconds since the epoch. */
  readonly at: number
  /** How it was sent. */
  readonly channel: 'email' | 'sms' | 'whatsapp'
  /** Address or number. */
  readonly to: string
  /** Subject, for e-mail. */
  readonly subject: string
  /** Text, with every placeholder filled in. */
  readonly text: string
  /** One-time code, when the message has one. */
  readonly code?: string
  /** Link, when the message has one. */
  readonly link?: string
  /** Id of the run that sent it. */
  readonly executionId: string
}

/** The messages that were sent, oldest first. It keeps the last 1000. */
export interface MockOutbox {
  /** A copy of the messages; `to` picks those of one recipient. */
  list(to?: string): readonly OutboxMessage[]
  /** Forgets all messages. */
  clear(): void
}

/** A {@link MockOutbox} that can be written to. */
export interface Outbox extends MockOutbox, Restorable {
  send(message: OutboxMessage): void
}

const mostMessages = 1000

/** Creates an empty outbox. */
export function createOutbox(): Outbox {
  let messages: OutboxMessage[] = []
  return {
    list: (to) => messages.filter((message) => to === undefined || message.to === to),
    clear() {
      messages = []
    },
    save() {
      const kept = [...messages]
      return () => {
        messages = [...kept]
      }
    },
    send(message) {
      messages.push(Object.freeze(message))
      if (messages.length > mostMessages) messages.shift()
    },
  }
}
