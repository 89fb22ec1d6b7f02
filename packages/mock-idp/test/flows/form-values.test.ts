import type { FlowDefinition, FlowField, FlowRunInputs, MockIdp } from '@countersign/mock-idp'
import { describe, expect, it } from 'vitest'
import { fixedIdp, get, mira, noa, post } from '../support/relying-party.ts'

/** Screens of fields, one after another, then an end whose output is the whole form. */
function asking(...screens: readonly (readonly FlowField[])[]): FlowDefinition {
  const nodes = Object.fromEntries(
    screens.map((fields, index) => [
      `s${index}`,
      {
        kind: 'screen' as const,
        fields,
        buttons: [
          { id: 'go', label: 'Go', next: index + 1 < screens.length ? `s${index + 1}` : 'done', skipValidation: true },
        ],
      },
    ]),
  )
  return {
    id: 'asking',
    start: 's0',
    nodes: { ...nodes, done: { kind: 'end', outcome: 'success', output: { form: { dynamic: 'form' } } } },
  }
}

const text = (name: string): FlowField => ({ name, type: 'text' })

/** The form after one field was filled in. */
async function entered(field: FlowField, value: unknown, inputs: FlowRunInputs = {}) {
  const idp = fixedIdp({ flows: [asking([field])] })
  const run = await idp.flows.run('asking', { ...inputs, screens: [{ input: { [field.name]: value } }] })
  return run.output?.form as Record<string, unknown>
}

/** Opens the hosted page and posts its screen, as a browser does. */
async function posted(idp: MockIdp, query: URLSearchParams, fields: Record<string, string>): Promise<void> {
  const response = await get(idp, `/login/${idp.projectId}?${query}`, { accept: 'text/html' })
  const html = await response.text()
  const field = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(html)?.[1] ?? ''
  const hidden = { executionId: field('executionId'), stepId: field('stepId'), csrf: field('csrf') }
  const cookie = response.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ')
  await post(idp, `/login/${idp.projectId}`, { ...hidden, ...fields }, { cookie, accept: 'text/html' })
}

describe('where values of form come from (S-330)', () => {
  it('the last submitted value wins; an emptied field is missing (S-330)', async () => {
    const idp = fixedIdp({ flows: [asking([text('a'), text('b')], [text('a')], [text('b')])] })
    const screens = [{ input: { a: '1', b: '1' } }, { input: { a: '2' } }, { input: { b: '' } }]
    expect((await idp.flows.run('asking', { screens })).output).toEqual({ form: { a: '2' } })
  })

  it('flow inputs come first, login_hint fills what they leave, and the screen wins over both (S-330, S-336)', async () => {
    const idp = fixedIdp({ flows: [asking([text('externalId')])] })
    const start = { loginHint: noa.loginId, form: { email: mira.loginId, color: 'teal' } }
    const shown = await idp.flows.run('asking', start)
    expect(shown.value('form')).toMatchObject({ externalId: noa.loginId, email: mira.loginId, color: 'teal' })
    const run = await idp.flows.run('asking', { ...start, screens: [{ input: { externalId: 'typed' } }] })
    expect(run.value('form.externalId')).toBe('typed')
  })

  it('login_hint of another form than e-mail and telephone is form.externalId alone (S-330, S-336)', async () => {
    const idp = fixedIdp({ flows: [asking([text('x')])] })
    expect((await idp.flows.run('asking', { loginHint: 'dana' })).value('form')).toEqual({ externalId: 'dana' })
    const phone = await idp.flows.run('asking', { loginHint: '+1 555 0100' })
    expect(phone.value('form')).toEqual({ externalId: '+1 555 0100', phone: '+15550100' })
  })
})

describe('values that have a form of their own', () => {
  it.each<[type: FlowField['type'], typed: string, expected: string]>([
    ['email', ' Dana@Acme.EXAMPLE ', 'Dana@acme.example'],
    ['text', ' Dana@Acme.EXAMPLE ', 'Dana@acme.example'],
    ['text', 'not an address', 'not an address'],
  ])('form.email of a field of type %s: %j is %j (S-331)', async (type, typed, expected) => {
    expect((await entered({ name: 'email', type }, typed)).email).toBe(expected)
    const given = await fixedIdp({ flows: [asking([])] }).flows.run('asking', { form: { email: typed } })
    expect(given.value('form.email')).toBe(expected)
  })

  it('form.emailDomain follows every change of form.email, and is missing without an address (S-332)', async () => {
    expect(await entered({ name: 'email', type: 'email' }, 'dana@Acme.Example')).toMatchObject({
      emailDomain: 'acme.example',
    })
    const changed = { form: { email: 'before@globex.example' } }
    expect((await entered(text('email'), 'dana@acme.example', changed)).emailDomain).toBe('acme.example')
    expect(await entered(text('email'), 'acme.example', changed)).toEqual({ email: 'acme.example' })
  })

  it.each<[type: FlowField['type'], typed: string, expected: string]>([
    ['phone', '+1 (555) 010-0', '+15550100'],
    ['text', '+1 555 0100', '+15550100'],
    ['phone', '555 0100', '555 0100'],
    ['text', 'call me', 'call me'],
  ])('form.phone of a field of type %s: %j is %j (S-333)', async (type, typed, expected) => {
    expect((await entered({ name: 'phone', type }, typed)).phone).toBe(expected)
    const given = await fixedIdp({ flows: [asking([])] }).flows.run('asking', { form: { phone: typed } })
    expect(given.value('form.phone')).toBe(expected)
  })

  it('form.photo is a data URL, taken or uploaded; what was uploaded is under documents, too (S-334, S-384)', async () => {
    const url = 'data:image/png;base64,iVBORw0='
    expect(await entered(text('photo'), url)).toEqual({ photo: url })
    const idp = fixedIdp({ flows: [asking([{ name: 'photo', type: 'file' }])] })
    const photo = { fileName: 'me.png', contentType: 'image/png', data: 'iVBORw0=' }
    const run = await idp.flows.run('asking', { screens: [{ input: { photo } }] })
    expect([run.value('form.photo'), run.value('documents.photo')]).toEqual([url, { ...photo, size: 5 }])
  })

  it.each(['invitees', 'selfProvisionDomains'])(
    'form.%s is a list of texts, however entered (S-335, S-342)',
    async (name) => {
      const list = ['a.example', 'b.example']
      expect(await entered(text(name), list)).toEqual({ [name]: list })
      expect(await entered(text(name), 'a.example')).toEqual({ [name]: ['a.example'] })
      expect(await entered(text(name), ' a.example, b.example\n')).toEqual({ [name]: list })
      expect(await entered(text(name), ' , ')).toEqual({})
      const idp = fixedIdp({ flows: [asking([text(name)])] })
      expect(
        (await idp.flows.run('asking', { form: { [name]: 'a.example b.example' } })).value(`form.${name}`),
      ).toEqual(list)
    },
  )

  it('form.trustThisDevice is true or false, as the box says (S-352)', async () => {
    const box: FlowField = { name: 'trustThisDevice', type: 'checkbox' }
    for (const on of ['on', 'true', true]) expect(await entered(box, on)).toEqual({ trustThisDevice: true })
    for (const off of [undefined, '', 'off', false, 1])
      expect(await entered(box, off)).toEqual({ trustThisDevice: false })
  })
})

describe('values that are text', () => {
  const pem = '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIU\n+/8=\n-----END CERTIFICATE-----'

  it.each<[row: string, name: string, value: string]>([
    ['S-336', 'externalId', 'dana'],
    ['S-337', 'fullName', 'Dana Lévi'],
    ['S-338', 'firstName', 'Dana'],
    ['S-339', 'lastName', 'Lévi'],
    ['S-340', 'tenantDomain', 'acme.example'],
    ['S-341', 'middleName', 'Rut'],
    ['S-343', 'impersonateId', noa.id],
    ['S-344', 'entityId', 'https://idp.example/saml?x=1&y=a b'],
    ['S-345', 'tenantName', 'Acme & Sons'],
    ['S-346', 'idpCert', pem],
    ['S-347', 'idpMetadataURL', 'https://idp.example/metadata#part'],
    ['S-348', 'idpURL', 'https://idp.example/sso?{{client.x}}'],
    ['S-349', 'displayName', 'Dana L.'],
    ['S-350', 'givenName', 'Dana'],
    ['S-351', 'familyName', 'Lévi'],
  ])('%s: form.%s comes from the page as it was typed, for conditions and templates', async (_row, name, value) => {
    const key = `form.${name}`
    const flow = asking([text(name)])
    const seen: unknown[] = []
    const idp = fixedIdp({
      scriptlets: { look: (args) => seen.push(args) },
      flows: [
        {
          ...flow,
          nodes: {
            ...flow.nodes,
            done: {
              kind: 'condition',
              rules: [{ all: [{ key, op: 'equal', value: { dynamic: 'client.typed' } }], next: 'look' }],
              else: 'other',
            },
            look: {
              kind: 'scriptlet',
              fn: 'look',
              args: { whole: `{{${key}}}`, part: `<{{${key}}}>` },
              next: 'other',
            },
            other: { kind: 'end', outcome: 'failure' },
          },
        },
      ],
    })
    const query = new URLSearchParams({ flow: 'asking', 'client.typed': value })
    await posted(idp, query, { [name]: `  ${value}  `, other: 'not asked for' })
    expect(seen).toEqual([{ whole: value, part: `<${value}>` }])
    expect((await idp.flows.run('asking')).value(key)).toBeUndefined()
  })

  it('a value of another type is not taken for text (S-336 to S-351)', async () => {
    expect(await entered(text('tenantName'), 5)).toEqual({ tenantName: '5' })
    expect(await entered(text('tenantName'), { name: 'Acme' })).toEqual({})
  })
})

describe('names under either spelling', () => {
  const signUp: FlowDefinition = {
    id: 'sign-up',
    start: 'sign-up',
    nodes: {
      'sign-up': {
        kind: 'action',
        action: 'password-auth',
        args: { mode: 'sign-up-or-in', loginId: 'new@acme.example', password: 'pw' },
        next: 'done',
      },
      done: { kind: 'end', outcome: 'success' },
    },
  }

  it.each<[row: string, name: string, attribute: 'name' | 'givenName' | 'middleName' | 'familyName']>([
    ['S-337', 'fullName', 'name'],
    ['S-349', 'displayName', 'name'],
    ['S-338', 'firstName', 'givenName'],
    ['S-350', 'givenName', 'givenName'],
    ['S-339', 'lastName', 'familyName'],
    ['S-351', 'familyName', 'familyName'],
    ['S-341', 'middleName', 'middleName'],
  ])('%s: form.%s becomes the %s of a new user, and of update-user', async (_row, name, attribute) => {
    const update: FlowDefinition = {
      id: 'update',
      start: 'login',
      nodes: {
        login: { kind: 'subflow', flow: 'sign-up', next: 'update' },
        update: {
          kind: 'action',
          action: 'update-user',
          args: { [name]: { dynamic: `form.${name}` } },
          next: 'done',
        },
        done: { kind: 'end', outcome: 'success' },
      },
    }
    const idp = fixedIdp({ flows: [signUp, update] })
    const names = () => {
      const { name: display, givenName, middleName, familyName } = idp.users.get('new@acme.example') ?? {}
      return Object.entries({ name: display, givenName, middleName, familyName }).filter(([, value]) => value)
    }
    await idp.flows.run('sign-up', { form: { [name]: 'Dana' } })
    expect(names()).toEqual([[attribute, 'Dana']])
    // A login of a user who is there changes nothing.
    await idp.flows.run('sign-up', { form: { [name]: 'Rut' } })
    expect(names()).toEqual([[attribute, 'Dana']])
    await idp.flows.run('update', { form: { [name]: 'Rut' } })
    expect(names()).toEqual([[attribute, 'Rut']])
  })
})
