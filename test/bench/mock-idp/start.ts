/** Start to first answer: a fresh process imports the package, listens and answers discovery. */
import type { Candidate } from './candidates.ts'
import { sendForJson } from './http-client.ts'
import { startServer } from './server-process.ts'

/** Milliseconds from the spawn of the process to its discovery document, and of CPU until then. */
export async function timeStart(candidate: Candidate): Promise<{ readonly time: number; readonly cpu: number }> {
  const started = performance.now()
  const server = await startServer(candidate)
  const document = await sendForJson(server.url + candidate.discovery)
  const time = performance.now() - started
  if (typeof document.issuer !== 'string') throw new Error(`${candidate.name} answers discovery without an issuer`)
  const cpu = await server.cpu()
  await server.stop()
  return { time, cpu }
}
