import { smoke } from './smoke.ts'

export default {
  async fetch(_request: Request, { settings }: { readonly settings: string }): Promise<Response> {
    return Response.json(await smoke(JSON.parse(settings)))
  },
}
