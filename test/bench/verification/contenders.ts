/** Verifiers of access tokens, each set up as its documentation says for an API that knows its issuer and audience. */
import { createPublicKey } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { createAccessTokenVerifier } from '@countersign/core/api'
import { JwtVerifier } from 'aws-jwt-verify'
import type { Request, RequestHandler, Response } from 'express'
import { createVerifier } from 'fast-jwt'
import { createLocalJWKSet, type JSONWebKeySet, jwtVerify } from 'jose'
import jwt from 'jsonwebtoken'
import type { Material } from './material.ts'

/** Throws, or rejects, for a token that is not valid. Verifiers that answer at once are measured as such. */
export type Verify = (token: string) => unknown

/** Sets one up; undefined for an algorithm that it does not know. */
type Contender = (material: Material) => Verify | undefined | Promise<Verify>

const require = createRequire(import.meta.url)
/** Without its types, which declare another `req.auth` than ours do. */
export const { auth } = require('express-oauth2-jwt-bearer') as { auth(options: object): RequestHandler }

/** Address that the keys are said to be at; ours and the one of the AWS are handed them. */
const keysAt = 'https://keys.example/jwks.json'

/** By the name of their row. */
export const contenders: Readonly<Record<string, Contender>> = {
  ours: (material) => ours(material, { maxEntries: 2000 }),
  'fast-jwt, cache': (material) => createVerifier({ ...fastOptions(material), cache: 2000 }),
  'ours, verdictCache: false': (material) => ours(material, false),
  'jsonwebtoken, KeyObject': ({ algorithm, issuer, audience, jwk }) => {
    if (algorithm === 'EdDSA') return undefined
    const key = createPublicKey({ key: jwk, format: 'jwk' })
    const options = { issuer, audience, algorithms: [algorithm] }
    return (token) => jwt.verify(token, key, options)
  },
  'fast-jwt': (material) => createVerifier(fastOptions(material)),
  'aws-jwt-verify': ({ issuer, audience, jwks }) => {
    const aws = JwtVerifier.create({ issuer, audience, jwksUri: keysAt })
    aws.cacheJwks({ keys: jwks.keys.map((key) => ({ ...key, kty: `${key.kty}` })) })
    return (token) => aws.verifySync(token)
  },
  jose: ({ algorithm, issuer, audience, jwks }) => {
    const localSet = createLocalJWKSet(jwks)
    return (token) => jwtVerify(token, localSet, { issuer, audience, algorithms: [algorithm] })
  },
  'express-oauth2-jwt-bearer': async ({ algorithm, issuer, audience, jwks }) => {
    const { jwksUri } = await serveKeys(jwks)
    const middleware = auth({ issuer, audience, jwksUri, tokenSigningAlg: algorithm })
    return (token) => {
      const request = {
        method: 'GET',
        protocol: 'https',
        originalUrl: '/contacts',
        headers: { authorization: `Bearer ${token}`, host: 'api.example' },
        query: {},
        get: () => 'api.example',
        is: () => false,
      }
      return new Promise<void>((resolve, reject) => {
        middleware(request as unknown as Request, {} as Response, (error) => (error ? reject(error) : resolve()))
      })
    }
  },
}

function ours(
  { algorithm, issuer, audience, jwks }: Material,
  verdictCache: false | { readonly maxEntries: number },
): Verify {
  return createAccessTokenVerifier({
    issuer,
    audience,
    algorithms: [algorithm],
    jwksUri: keysAt,
    fetch: async () => Response.json(jwks),
    verdictCache,
  }).verify
}

function fastOptions({ algorithm, issuer, audience, jwk }: Material) {
  const key = createPublicKey({ key: jwk, format: 'jwk' }).export({ type: 'spki', format: 'pem' }).toString()
  return { key, algorithms: [algorithm], allowedIss: issuer, allowedAud: audience }
}

/** express-oauth2-jwt-bearer loads its keys by itself, so a server has to hand them out. */
export async function serveKeys(jwks: JSONWebKeySet): Promise<{ readonly jwksUri: string; close(): void }> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(jwks))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const jwksUri = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks.json`
  return { jwksUri, close: () => void server.close() }
}
