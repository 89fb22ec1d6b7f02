import { scope } from '@countersign/core'
import { challengeFor, createAccessTokenVerifier, isPreflight } from '@countersign/core/api'

const verifier = createAccessTokenVerifier({ issuer: 'https://id.example.com', audience: 'https://api.example.com' })

export async function readContacts(request: Request): Promise<Response> {
  if (isPreflight(request)) return new Response(null, { status: 204 })
  try {
    const auth = await verifier.authenticate(request)
    auth.require(scope('contacts.read'))
    return Response.json({ readBy: auth.subject })
  } catch (error) {
    const answer = challengeFor(error)
    if (!answer) throw error // not about the token
    return Response.json(answer.body, answer)
  }
}
