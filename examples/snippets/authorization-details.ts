import { allOf, authorizationDetail, param, scope } from '@countersign/core'
import { descopeApi } from '@countersign/core/descope'
import { createAccessGuard } from '@countersign/express'
import express from 'express'

const guard = createAccessGuard(descopeApi({ projectId: 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H', inbound: true }))

const initiatePayment = allOf(
  scope('payments'),
  authorizationDetail('payment_initiation', { actions: ['initiate'], identifier: param('accountId') }),
)

export const app = express().post(
  '/accounts/:accountId/payments',
  guard.requireAccess(initiatePayment),
  (_req, res) => {
    res.status(201).end()
  },
)
