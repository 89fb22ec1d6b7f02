import type { IncomingMessage, ServerResponse } from 'node:http'
import { text } from 'node:stream/consumers'

/** One answer of a scripted API; the last one is given again and again. */
export interface ApiAnswer {
  /** Given again as long as requests carry the token of the first one, whatever order they come in. Default false. */
  readonly whileTokenIsFirst?: boolean
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
}

/** What a scripted API was asked. */
export interface ApiRequest {
  readonly method: string
  readonly authorization: string | undefined
  /** The proof of possession that came along. */
  readonly dpop: string | undefined
  readonly body: string
}

/** An API over HTTP whose answers a test has written down. */
export interface ScriptedApis {
  /** Makes an API and gives its path. */
  create(answers: readonly ApiAnswer[]): string
  /** What was asked so far at a path. */
  requests(path: string): readonly ApiRequest[]
  /** Answers when the path is of such an API. */
  answer(request: IncomingMessage, response: ServerResponse): Promise<boolean>
}

/** Keeps APIs by path. */
export function createScriptedApis(): ScriptedApis {
  const apis = new Map<string, { answers: ApiAnswer[]; requests: ApiRequest[] }>()
  return {
    create(answers) {
      const path = `/api/${apis.size + 1}`
      apis.set(path, { answers: [...answers], requests: [] })
      return path
    },
    requests: (path) => apis.get(path)?.requests ?? [],
    async answer(request, response) {
      const api = apis.get(new URL(request.url ?? '/', 'http://localhost').pathname)
      if (!api) return false
      const { method = '', headers } = request
      const cors = {
        'access-control-allow-origin': '*',
        'access-control-allow-headers': 'authorization, content-type, dpop',
        'access-control-allow-methods': 'GET, POST, PUT, DELETE',
        'access-control-expose-headers': 'www-authenticate, retry-after, dpop-nonce',
      }
      if (method === 'OPTIONS') {
        response.writeHead(204, cors).end()
        return true
      }
      api.requests.push({
        method,
        authorization: headers.authorization,
        dpop: [headers.dpop].flat()[0],
        body: await text(request),
      })
      if (api.answers[0]?.whileTokenIsFirst && headers.authorization !== api.requests[0]?.authorization)
        api.answers.shift()
      const isLasting = api.answers.length === 1 || api.answers[0]?.whileTokenIsFirst
      const next = isLasting ? api.answers[0] : api.answers.shift()
      response.writeHead(next?.status ?? 500, { ...cors, 'content-type': 'application/json', ...next?.headers })
      response.end(method === 'HEAD' ? undefined : JSON.stringify({ number: api.requests.length }))
      return true
    },
  }
}
