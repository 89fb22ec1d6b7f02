import { createDpopProofVerifier } from '@countersign/core/api'
import { createKeyvStore } from '@countersign/core/keyv'
import { createKeyv } from '@keyv/redis'

const keyv = createKeyv(process.env.REDIS_URL, { namespace: 'my-api' })
keyv.on('error', (error) => console.error('redis', error.message))
const store = createKeyvStore(keyv)

export const dpop = createDpopProofVerifier({ baseUrl: 'https://api.example.com', store })
