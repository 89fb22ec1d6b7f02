import { createDataFilter, scope } from '@countersign/core'
import { createRequestGuard, preventSharedCaching, writeNdjson } from '@countersign/core/api'
import { descopeApi } from '@countersign/core/descope'

interface Person {
  name: string
  salary: number
}

const visiblePeople = createDataFilter<Person>({ fields: { salary: scope('salary:read') } })

export function servePeople(readPeople: () => AsyncIterable<Person>) {
  const guard = createRequestGuard(descopeApi({ projectId: 'P2mockLm4Qx7Rt9Vz3Bc6Dn8Fw5H', inbound: true }))
  return guard.protect((_request, { grant }) => {
    const rows = visiblePeople.stream(readPeople(), grant)
    const response = new Response(writeNdjson(rows), { headers: { 'content-type': 'application/x-ndjson' } })
    preventSharedCaching(response.headers)
    return response
  }, scope('people.read'))
}
