import type { FlowAction } from './action.ts'
import { customClaims } from './custom-claims.ts'
import { passkey, social, sso, totp } from './doubles.ts'
import { magicLink } from './magic-link.ts'
import { otpStart, otpVerify } from './one-time-code.ts'
import { passwordAuth } from './password.ts'
import { updateUserConsent } from './update-user-consent.ts'
import { loadUser, markStepUp, resetAuthInfo, revokeOtherSessions, selectTenant, updateUser } from './user.ts'

/** The built-in operations by name (IDP-SPEC 4.4). */
export const actions: Readonly<Record<string, FlowAction>> = {
  'otp-start': otpStart,
  'otp-verify': otpVerify,
  'password-auth': passwordAuth,
  'magic-link': magicLink,
  passkey,
  totp,
  social,
  sso,
  'load-user': loadUser,
  'mark-step-up': markStepUp,
  'update-user': updateUser,
  'custom-claims': customClaims,
  'select-tenant': selectTenant,
  'update-user-consent': updateUserConsent,
  'reset-auth-info': resetAuthInfo,
  'revoke-other-sessions': revokeOtherSessions,
}
