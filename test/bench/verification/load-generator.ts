/** Sends requests from another thread, so that the main thread of the process is the server's alone. */
import { Agent, request } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

const { port, tokens, connections } = workerData as { port: number; tokens: readonly string[]; connections: number }
const agent = new Agent({ keepAlive: true, maxSockets: connections })

function send(path: string, token: string): Promise<void> {
  return new Promise((resolve, reject) => {
    request({ port, path, agent, headers: { authorization: `Bearer ${token}` } }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`${path} answered ${response.statusCode}`))
      response.resume().on('end', resolve)
    })
      .on('error', reject)
      .end()
  })
}

parentPort?.on('message', async ({ path, count }: { path: string; count: number }) => {
  let turn = 0
  const client = async (): Promise<void> => {
    while (turn < count) await send(path, tokens[turn++ % tokens.length] ?? '')
  }
  await Promise.all(Array.from({ length: connections }, client))
  parentPort?.postMessage('done')
})
