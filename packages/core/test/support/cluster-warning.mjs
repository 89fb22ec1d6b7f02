// A cluster of one worker, which creates a store in memory and leaves.
import cluster from 'node:cluster'
import { createMemoryStore } from '@countersign/core/api'

if (cluster.isPrimary) {
  createMemoryStore()
  cluster.fork()
} else {
  createMemoryStore()
  cluster.worker?.disconnect()
}
