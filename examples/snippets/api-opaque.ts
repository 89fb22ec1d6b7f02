import { clientSecretBasic } from '@countersign/core'
import { createAccessTokenVerifier, createRevocationList, createTokenIntrospection } from '@countersign/core/api'

const issuer = 'https://id.example.com'
const revocations = createRevocationList()
export const verifier = createAccessTokenVerifier({
  issuer,
  audience: 'https://api.example.com',
  introspection: createTokenIntrospection({
    issuer,
    clientId: 'my-api',
    authentication: clientSecretBasic(process.env.API_SECRET ?? ''),
  }),
  isRevoked: revocations.isRevoked,
})

/** Ends everything that a user was given so far, in every process that shares the store of the list. */
export const signOutEverywhere = (subject: string) => revocations.revoke({ issuer, subject })
