import { createServer } from 'node:net'

/**
 * Finds a port of `localhost` that no program listens on.
 *
 * @param preferred - The port to take when it is free; 0 for any.
 */
export async function findPort(preferred: number): Promise<number> {
  // A browser may reach localhost by either address, so both have to be free.
  const port = await listenOnce(preferred, '127.0.0.1')
  if (port !== undefined && (await listenOnce(port, '::1')) !== undefined) return port
  return findPort(0)
}

/** Listens for a moment. Gives the port; undefined when it is taken. */
function listenOnce(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(undefined)
      // A machine without this kind of address has nothing that could listen there.
      else if (error.code === 'EADDRNOTAVAIL' || error.code === 'EAFNOSUPPORT') resolve(port)
      else reject(error)
    })
    server.listen(port, host, () => {
      const address = server.address()
      const found = typeof address === 'object' && address ? address.port : port
      server.close(() => resolve(found))
    })
  })
}
