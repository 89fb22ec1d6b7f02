/** The guards that are put in front of an Express route, each as its users would write it. */
import { createPublicKey } from 'node:crypto'
import { createAccessGuard } from '@countersign/express'
import type { RequestHandler } from 'express'
import { createVerifier } from 'fast-jwt'
import { createLocalJWKSet, type JSONWebKeySet, type JWK, jwtVerify } from 'jose'
import { auth } from './contenders.ts'
import type { Algorithm } from './material.ts'

/** What a guard needs to know; plain data, since each guard has a process of its own. */
export interface GuardMaterial {
  readonly algorithm: Algorithm
  readonly issuer: string
  readonly audience: string
  readonly jwks: JSONWebKeySet
  readonly jwk: JWK
  /** Where the key set is served. */
  readonly jwksUri: string
}

/** By the name of their row. */
export const guards: Readonly<Record<string, (material: GuardMaterial) => RequestHandler>> = {
  'ours, guard.requireScopes': ({ algorithm, issuer, audience, jwks, jwksUri }) =>
    createAccessGuard({
      issuer,
      audience,
      algorithms: [algorithm],
      jwksUri,
      fetch: async () => Response.json(jwks),
    }).requireScopes('contacts.read'),

  'fast-jwt with cache, eight lines': ({ algorithm, issuer, audience, jwk }) => {
    const key = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
    const fast = createVerifier({ key, algorithms: [algorithm], allowedIss: issuer, allowedAud: audience, cache: 2000 })
    return (req, res, next) => {
      try {
        const token = /^Bearer (\S+)$/.exec(req.headers.authorization ?? '')?.[1] ?? ''
        if (!`${fast(token).scope}`.split(' ').includes('contacts.read')) return void res.sendStatus(403)
        next()
      } catch {
        res.sendStatus(401)
      }
    }
  },

  'jose, eight lines': ({ algorithm, issuer, audience, jwks }) => {
    const localSet = createLocalJWKSet(jwks)
    return async (req, res, next) => {
      try {
        const token = /^Bearer (\S+)$/.exec(req.headers.authorization ?? '')?.[1] ?? ''
        const { payload } = await jwtVerify(token, localSet, { issuer, audience, algorithms: [algorithm] })
        if (!`${payload.scope}`.split(' ').includes('contacts.read')) return void res.sendStatus(403)
        next()
      } catch {
        res.sendStatus(401)
      }
    }
  },

  'express-oauth2-jwt-bearer': ({ algorithm, issuer, audience, jwksUri }) =>
    auth({ issuer, audience, jwksUri, tokenSigningAlg: algorithm }),
}
