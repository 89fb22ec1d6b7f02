/** Management of consents (IDP-SPEC 5.6). */
import { findConsents } from '../consent/consent.ts'
import { createConsentControl } from '../consent/control.ts'
import type { Endpoint } from '../http/endpoint.ts'
import { serviceProblem } from '../http/problem.ts'
import { given, pageOf } from './fields.ts'
import { type Operation, postOperation } from './operation.ts'

const search: Operation = ({ runtime, input }) => {
  const consents = findConsents(
    runtime,
    given({
      appId: input.text('appId'),
      userId: input.text('userId'),
      consentId: input.text('consentId'),
      tenantId: input.text('tenantId'),
    }),
  )
  return { consents: pageOf(consents, input), total: consents.length }
}

/** Search and deletion of consents. */
export const consentOperations: readonly Endpoint[] = [
  postOperation(['/v1/mgmt/thirdparty/consents/search'], search),
  postOperation(['/v1/mgmt/thirdparty/consents/delete'], ({ runtime, input }) => {
    const selection = given({
      consentIds: input.texts('consentIds'),
      appId: input.text('appId'),
      userIds: input.texts('userIds'),
      tenantId: input.text('tenantId'),
    })
    if (Object.keys(selection).length === 0) {
      throw serviceProblem(400, 'E011002', 'consentIds, appId, userIds or tenantId is needed')
    }
    createConsentControl(runtime).delete(selection)
    return {}
  }),
  postOperation(['/v1/mgmt/thirdparty/consents/delete/tenant'], ({ runtime, input }) => {
    createConsentControl(runtime).delete({
      ...given({ consentIds: input.texts('consentIds'), appId: input.text('appId') }),
      tenantId: input.required('tenantId'),
      userIds: [''],
    })
    return {}
  }),
]
