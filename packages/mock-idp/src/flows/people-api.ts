/** The connector of the worked example, and the stub that answers it (IDP-SPEC S-014, S-031). */
import type { ConnectorConfig } from './connectors/connector.ts'

/** The connector of the worked example. No network is used: {@link peopleApiReply} answers. */
export const shippedConnectors: readonly ConnectorConfig[] = [
  {
    id: 'people-api',
    name: 'People API',
    description: 'Random people, answered by a local stub',
    baseUrl: 'https://random-data-api.com/api/v2',
  },
]

/** One person, in the shape of the worked example (IDP-SPEC S-031). */
export function peopleApiReply(): Response {
  return Response.json({
    id: 8241,
    uid: 'b7f3c1de-5b0e-4f0e-9d7e-3f1f5c2a9a10',
    password: 'kT9vQ2mX7w',
    first_name: 'Dana',
    last_name: 'Levi',
    username: 'dana.levi',
    email: 'dana.levi@people.example',
    gender: 'Female',
    phone_number: '+972 555-0142',
    social_insurance_number: '000000000',
    date_of_birth: '1984-02-09',
    employment: { title: 'Harbour Pilot', key_skill: 'Navigation' },
    address: { city: 'Haifa', country: 'Israel', coordinates: { lat: 32.8, lng: 35 } },
    subscription: { plan: 'Basic', status: 'Active' },
  })
}
