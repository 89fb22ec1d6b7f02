// A cluster of one worker, in which everything that remembers for an API is made without a store, and which leaves then.
import cluster from 'node:cluster'
import {
  createBackChannelLogoutReceiver,
  createDpopProofVerifier,
  createMemoryStore,
  createRevocationList,
} from '@countersign/core/api'

function makeAll() {
  createMemoryStore()
  createDpopProofVerifier({ baseUrl: 'https://api.example.com' })
  const revocations = createRevocationList()
  createBackChannelLogoutReceiver({ issuer: 'https://id.example.com', clientId: 'web', revocations })
}

makeAll()
if (cluster.isPrimary) cluster.fork()
else cluster.worker?.disconnect()
