import { createAccessTokenVerifier, createBackChannelLogoutReceiver, createRevocationList } from '@countersign/core/api'
import { createKeyvStore } from '@countersign/core/keyv'
import { createKeyv } from '@keyv/redis'
import express from 'express'

const issuer = 'https://id.example.com'
const store = createKeyvStore(createKeyv(process.env.REDIS_URL, { namespace: 'my-api' }))
const revocations = createRevocationList({ store })
const audience = 'https://api.example.com'
export const verifier = createAccessTokenVerifier({ issuer, audience, isRevoked: revocations.isRevoked })
const receive = createBackChannelLogoutReceiver({
  issuer,
  clientId: 'my-app',
  revocations,
  verifiers: [verifier],
  store,
})

// What has `Request` already calls receive(request); Express needs a few lines.
const type = 'application/x-www-form-urlencoded'
const app = express()
app.post('/backchannel-logout', express.text({ type, limit: '20kb' }), async (req, res) => {
  const body = typeof req.body === 'string' ? req.body : ''
  const answer = await receive(
    new Request(`${audience}${req.url}`, { method: 'POST', headers: { 'content-type': type }, body }),
  )
  res
    .status(answer.status)
    .set(Object.fromEntries(answer.headers))
    .send(await answer.text())
})
