import { createAccessTokenVerifier, createDpopNonces, createDpopProofVerifier } from '@countersign/core/api'
import { createAccessGuard } from '@countersign/express'
import express from 'express'

const verifier = createAccessTokenVerifier({
  issuer: 'https://id.example.com',
  audience: 'https://api.example.com',
  dpop: createDpopProofVerifier({
    baseUrl: 'https://api.example.com',
    nonces: createDpopNonces({ secrets: [process.env.NONCE_SECRET ?? ''] }),
  }),
})
const app = express()
app.use(createAccessGuard({ verifier }).authenticate())
