/** `magic-link`: a link to an address; the run waits until it was opened. */
import { isEmail, isPhone } from '../conditions.ts'
import { FlowError } from '../flow-error.ts'
import type { FlowAction } from './action.ts'
import { authenticated, modeOf, userFor } from './authenticate.ts'

/** Path of the links. */
export const magicLinkPath = '/v1/flow/magic-link'

/** Sends a link and waits; once it was opened, the user of the address is signed in. */
export const magicLink: FlowAction = (run) => {
  const { runtime, execution, id } = run
  const mode = modeOf(run)
  const pending = execution.link
  if (pending?.node !== id) {
    const to = String(run.args.to ?? '')
    if (!isEmail(to) && !isPhone(to)) {
      throw new FlowError('InvalidRecipient', 'A link cannot be sent to this address.')
    }
    const token = runtime.random.text(24)
    execution.link = { node: id, token, to, followed: false }
    const link = `${runtime.project.origin}${magicLinkPath}?token=${token}`
    runtime.flows.outbox.send({
      at: runtime.clock.now(),
      channel: isEmail(to) ? 'email' : 'sms',
      to,
      subject: 'Your link',
      text: `Open this link to sign in: ${link}`,
      link,
      executionId: execution.id,
    })
    return 'wait'
  }
  if (!pending.followed) return 'wait'
  delete execution.link
  const { to } = pending
  const { user, created } = userFor(run, mode, to, isEmail(to) ? { email: to } : { phone: to })
  return authenticated(run, user, isEmail(to) ? 'email' : 'sms', created)
}
