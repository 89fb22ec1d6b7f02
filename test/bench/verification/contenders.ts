/** Verifiers of access tokens, each set up as its documentation says for an API that knows its issuer and audience. */
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

export interface Contender {
  readonly name: string
  readonly verify: Verify
  /** Whether it remembers tokens. */
  readonly cached: boolean
}

const require = createRequire(import.meta.url)
/** Without its types, which declare another `req.auth` than ours do. */
export const { auth } = require('express-oauth2-jwt-bearer') as { auth(options: object): RequestHandler }

/** Address that the keys are said to be at; ours and the one of the AWS are handed them. */
const keysAt = 'https://keys.example/jwks.json'

/**
 * Sets all of them up.
 *
 * @returns The contenders, and what has to be closed in the end.
 */
export async function createContenders(
  material: Material,
): Promise<{ readonly contenders: readonly Contender[]; close(): void }> {
  const { algorithm, issuer, audience, jwks, publicKey } = material
  const ours = (verdictCache: false | { maxEntries: number }): Verify =>
    createAccessTokenVerifier({
      issuer,
      audience,
      algorithms: [algorithm],
      jwksUri: keysAt,
      fetch: async () => Response.json(jwks),
      verdictCache,
    }).verify
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
  const fastOptions = { key: pem, algorithms: [algorithm], allowedIss: issuer, allowedAud: audience }
  const aws = JwtVerifier.create({ issuer, audience, jwksUri: keysAt })
  aws.cacheJwks({ keys: jwks.keys.map((key) => ({ ...key, kty: `${key.kty}` })) })
  const localSet = createLocalJWKSet(jwks)
  const { verify: withMiddleware, close } = await createAuth0Verify(material)

  const contenders: Contender[] = [
    { name: 'ours', verify: ours({ maxEntries: 2000 }), cached: true },
    { name: 'fast-jwt, cache', verify: createVerifier({ ...fastOptions, cache: 2000 }), cached: true },
    { name: 'ours, verdictCache: false', verify: ours(false), cached: false },
    { name: 'fast-jwt', verify: createVerifier(fastOptions), cached: false },
    { name: 'aws-jwt-verify', verify: (token) => aws.verifySync(token), cached: false },
    {
      name: 'jose',
      verify: (token) => jwtVerify(token, localSet, { issuer, audience, algorithms: [algorithm] }),
      cached: false,
    },
    { name: 'express-oauth2-jwt-bearer', verify: withMiddleware, cached: false },
  ]
  // It knows no EdDSA.
  if (algorithm !== 'EdDSA') {
    const options = { issuer, audience, algorithms: [algorithm] }
    const verify: Verify = (token) => jwt.verify(token, publicKey, options)
    contenders.splice(4, 0, { name: 'jsonwebtoken, KeyObject', verify, cached: false })
  }
  return { contenders, close }
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

async function createAuth0Verify(material: Material): Promise<{ readonly verify: Verify; close(): void }> {
  const { algorithm, issuer, audience, jwks } = material
  const { jwksUri, close } = await serveKeys(jwks)
  const middleware = auth({ issuer, audience, jwksUri, tokenSigningAlg: algorithm })
  const verify: Verify = (token) => {
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
  return { verify, close }
}

/** Whoever takes a forged token or refuses a good one is not worth measuring. */
export async function checkVerdicts({ name, verify }: Contender, { tokens }: Material): Promise<void> {
  const good = tokens[0]?.toString('latin1') ?? ''
  await verify(good)
  const [header, payload] = good.split('.')
  const foreign = tokens[1]?.toString('latin1').split('.')[2]
  const refused = await Promise.resolve()
    .then(() => verify(`${header}.${payload}.${foreign}`))
    .then(
      () => false,
      () => true,
    )
  if (!refused) throw new Error(`${name} takes a token with the signature of another one`)
}
