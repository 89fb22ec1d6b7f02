/** `otp-start` and `otp-verify`: a code to an address, and back. */
import { isEmail, isPhone } from '../conditions.ts'
import { FlowError } from '../flow-error.ts'
import { resolveText } from '../template.ts'
import { choice, type FlowAction, requiredText } from './action.ts'
import { authenticated, modeOf, userFor } from './authenticate.ts'

const mostAttempts = 5

/** Puts a code into the outbox: `123456` unless random codes are on. */
export const otpStart: FlowAction = (run) => {
  const { runtime, execution, resolve } = run
  const { settings, outbox } = runtime.flows
  const channel = choice(run, 'channel', ['email', 'sms', 'whatsapp'], 'email')
  const to = String(run.args.to ?? '')
  if (!(channel === 'email' ? isEmail(to) : isPhone(to))) {
    throw new FlowError('InvalidRecipient', 'A code cannot be sent to this address.')
  }
  const code = settings.randomCodes ? sixDigits() : '123456'
  execution.code = { channel, to, code, attempts: 0 }
  const template = settings.codeMessage ?? 'Your code is {{code}}.'
  outbox.send({
    at: runtime.clock.now(),
    channel,
    to,
    subject: 'Your code',
    text: resolveText(template, (path) => (path === 'code' ? code : resolve(path))),
    code,
    executionId: execution.id,
  })
  return { channel }
}

function sixDigits(): string {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1))
  return String(number % 1_000_000).padStart(6, '0')
}

/** Checks the code and signs the user of its address in; the address counts as verified then. */
export const otpVerify: FlowAction = (run) => {
  const { runtime, execution } = run
  const mode = modeOf(run)
  const given = requiredText(run, 'code')
  const pending = execution.code
  if (!pending) throw new FlowError('WrongCode', 'No code was sent yet.', { errorCode: 'E061102' })
  pending.attempts += 1
  if (pending.attempts > mostAttempts) {
    throw new FlowError('TooManyAttempts', 'Too many attempts. Ask for a new code.', { errorCode: 'E061103' })
  }
  if (given.replaceAll(' ', '') !== pending.code) {
    throw new FlowError('WrongCode', 'This code is not right.', { errorCode: 'E061102' })
  }
  const { channel, to } = pending
  const address = channel === 'email' ? { email: to } : { phone: to.replaceAll(/[\s()-]/g, '') }
  const { user, created } = userFor(run, mode, to, address)
  delete execution.code
  const isOwn = channel === 'email' ? user.email === to : user.phone === to
  const verified = channel === 'email' ? { emailVerified: true } : { phoneVerified: true }
  const known = isOwn && user.status === 'active' ? runtime.users.update(user.id, verified) : user
  return authenticated(run, known, channel, created)
}
