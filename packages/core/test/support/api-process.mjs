// One process of an API: tells over IPC what its verifier says to each request that it is sent.
import { createAccessTokenVerifier, createDpopProofVerifier, createRevocationList } from '@countersign/core/api'
import { createKeyvStore } from '@countersign/core/keyv'
import { createKeyv } from '@keyv/redis'

const { socket, issuer, audience, baseUrl } = JSON.parse(process.argv[2] ?? '{}')
const keyv = createKeyv({ socket: { path: socket } }, { namespace: 'api' })
const store = createKeyvStore(keyv)
const verifier = createAccessTokenVerifier({
  issuer,
  audience,
  dpop: createDpopProofVerifier({ baseUrl, store }),
  isRevoked: createRevocationList({ store }).isRevoked,
})
process.on('message', async ({ url, headers }) => {
  const verdict = await verifier.authenticate(new Request(url, { headers })).then(
    () => 'accepted',
    ({ code }) => code,
  )
  process.send?.(verdict)
})
process.on('disconnect', () => process.exit())
process.send?.('ready')
