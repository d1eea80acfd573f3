import type { InjectOptions } from 'fastify'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { tokenHash } from '../sign-in/sign-in-room.ts'
import { exampleSignIn, sessionId } from '../storage/testing/example-records.ts'
import { apiWorld, portalOrigin, type Actor, type ApiWorld } from './testing/api-world.ts'

const peopleOf = {
  administration: ['administrator', 'other administrator'],
  reading: ['administrator', 'other administrator', 'auditor'],
  granting: [
    'administrator',
    'other administrator',
    'security team',
    'other of the security team',
    'customer administrator',
    'customer administrator elsewhere',
  ],
  'changing machines': ['administrator', 'other administrator', 'customer administrator', 'customer administrator elsewhere'],
  'reading machines': ['administrator', 'other administrator', 'auditor', 'customer administrator', 'customer administrator elsewhere'],
  decisions: ['administrator', 'other administrator', 'auditor', 'security team', 'other of the security team'],
  security: ['security team', 'other of the security team'],
  'signed in': [
    'technician',
    'technician without facts',
    'technician elsewhere',
    'security team',
    'other of the security team',
    'auditor',
    'customer administrator',
    'customer administrator elsewhere',
    'administrator',
    'other administrator',
  ],
} as const satisfies Record<string, readonly Actor[]>
const notSignedIn = ['nobody', 'disabled administrator', 'signed-out administrator'] as const satisfies readonly Actor[]
const everybody: readonly Actor[] = [...notSignedIn, ...peopleOf['signed in']]

interface Entry {
  readonly may: keyof typeof peopleOf | 'anybody'
  /** What is called, where it is not the route's own address. */
  readonly path?: string
  readonly body?: object
  /** Status for those who may; by person where the answer depends on what he may see. */
  readonly answer: number | ({ readonly others: number } & Partial<Record<Actor, number>>)
}

const machine = '/api/v1/machines/press-1'
const device = '/api/v1/devices/press-1'
const session = `/api/v1/sessions/${sessionId('one')}`
const unknownRevision = `sha256:${'0'.repeat(64)}`
const revision = `/api/v1/policy/revisions/${unknownRevision}`
const target = { revision: `sha256:${'0'.repeat(64)}` }
const unknownCount = `/api/v1/policy/matrix/counts/mxc_${'0'.repeat(32)}`
const unknownReplay = `/api/v1/policy/replays/rpl_${'0'.repeat(32)}`
const draft = `/api/v1/policy/drafts/drf_${'0'.repeat(32)}`
const unknownPerson = `/api/v1/people/per_${'0'.repeat(32)}`
/** Sessions and photos of others do not exist for customers' administrators. */
const notOffice = {
  'technician without facts': 404,
  'technician elsewhere': 404,
  'customer administrator': 404,
  'customer administrator elsewhere': 404,
}
const seenByOwnerAndOffice = { technician: 200, ...notOffice, others: 200 }

/** Who may call what. A route without a line here fails the first test: think who may call it, then write it down. */
const matrix: Readonly<Record<string, Entry>> = {
  'GET /auth/sign-in': { may: 'anybody', answer: 303 },
  'GET /auth/callback': { may: 'anybody', answer: 303 },
  'GET /api/v1/openapi.json': { may: 'anybody', answer: 200 },
  'GET /api/v1/ca.pem': { may: 'anybody', answer: 200 },
  // Nobody is named in it here.
  'GET /.well-known/security.txt': { may: 'anybody', answer: 404 },
  // There is nothing outside the demo.
  'GET /api/v1/demo': { may: 'anybody', answer: 404 },
  'GET /demo/panels/:id': { may: 'anybody', path: '/demo/panels/press-1', answer: 404 },

  'GET /api/v1/me': { may: 'signed in', answer: 200 },
  'GET /api/v1/undertaking': { may: 'signed in', answer: 200 },
  'POST /api/v1/me/undertaking': { may: 'signed in', body: { version: '0' }, answer: 409 },
  // Signing out would end the rows below; its own test is in the journeys. A body that is no JSON is refused behind every check of access.
  'POST /api/v1/sign-out': { may: 'signed in', answer: 415 },
  'GET /api/v1/events': { may: 'signed in', answer: 200 },

  'POST /api/v1/command-lines': { may: 'signed in', body: { code_challenge: 'c'.repeat(43) }, answer: 201 },
  'POST /api/v1/command-lines/token': { may: 'anybody', body: { code: 'c'.repeat(43), code_verifier: 'v'.repeat(43) }, answer: 403 },

  'GET /api/v1/machines': { may: 'signed in', answer: 200 },
  'GET /api/v1/machines/:id': { may: 'signed in', path: machine, answer: { technician: 200, others: 404 } },
  'POST /api/v1/sessions': {
    may: 'signed in',
    body: { machine: 'press-1', services: ['hmi'], purpose: 'The feeder stops', duration_s: 600 },
    answer: { technician: 503, others: 404 },
  },
  'GET /api/v1/sessions': { may: 'signed in', answer: 200 },
  'GET /api/v1/sessions/:id': { may: 'signed in', path: session, answer: seenByOwnerAndOffice },
  'GET /api/v1/sessions/:id/history': { may: 'signed in', path: `${session}/history`, answer: seenByOwnerAndOffice },
  'POST /api/v1/sessions/:id/end': {
    may: 'signed in',
    path: `${session}/end`,
    answer: { ...seenByOwnerAndOffice, 'security team': 403, 'other of the security team': 403, auditor: 403 },
  },
  'POST /api/v1/sessions/:id/extend': {
    may: 'signed in',
    path: `${session}/extend`,
    body: { duration_s: 600 },
    answer: { technician: 410, ...notOffice, others: 403 },
  },
  'POST /api/v1/sessions/:id/messages': {
    may: 'signed in',
    path: `${session}/messages`,
    body: { text: 'On my way' },
    answer: { technician: 410, ...notOffice, others: 403 },
  },
  'POST /api/v1/sessions/:id/open': {
    may: 'signed in',
    path: `${session}/open`,
    body: { service: 'hmi' },
    answer: { ...notOffice, others: 403 },
  },

  'GET /api/v1/people': { may: 'reading', answer: 200 },
  'POST /api/v1/people': { may: 'administration', body: {}, answer: 400 },
  'GET /api/v1/people/:id': { may: 'reading', path: unknownPerson, answer: 404 },
  'PATCH /api/v1/people/:id': { may: 'administration', path: unknownPerson, body: { version: 1 }, answer: 404 },
  'POST /api/v1/people/:id/setup-link': { may: 'administration', path: `${unknownPerson}/setup-link`, answer: 404 },
  'PUT /api/v1/people/:id/photo': { may: 'administration', path: `${unknownPerson}/photo`, body: {}, answer: 415 },
  'DELETE /api/v1/people/:id/photo': { may: 'administration', path: `${unknownPerson}/photo`, answer: 404 },
  'GET /api/v1/people/:id/photo': { may: 'signed in', path: `${unknownPerson}/photo`, answer: 404 },

  'GET /api/v1/organisations': { may: 'reading', answer: 200 },
  'POST /api/v1/organisations': { may: 'administration', body: {}, answer: 400 },

  'GET /api/v1/devices': { may: 'reading machines', answer: 200 },
  'POST /api/v1/devices': { may: 'administration', body: {}, answer: 400 },
  'GET /api/v1/devices/:id': { may: 'reading machines', path: device, answer: { 'customer administrator elsewhere': 404, others: 200 } },
  'PATCH /api/v1/devices/:id': {
    may: 'changing machines',
    path: device,
    body: { version: 9 },
    answer: { 'customer administrator elsewhere': 404, others: 409 },
  },
  'POST /api/v1/devices/:id/suspend': { may: 'administration', path: `${device}/suspend`, body: {}, answer: 400 },
  'POST /api/v1/devices/:id/resume': { may: 'administration', path: `${device}/resume`, body: { reason: 'as a test' }, answer: 409 },
  'POST /api/v1/devices/:id/revoke': { may: 'administration', path: `${device}/revoke`, body: {}, answer: 400 },
  'POST /api/v1/devices/:id/enrolment/confirm': {
    may: 'administration',
    path: `${device}/enrolment/confirm`,
    body: { code: '0000-0000' },
    answer: 409,
  },
  // There is no authority behind it here: `gateway/pki/issue-bundle.test.ts` has one.
  'POST /api/v1/devices/:id/bundle': { may: 'administration', path: `${device}/bundle`, body: {}, answer: 409 },
  'POST /api/v1/devices/:id/renewal/confirm': {
    may: 'administration',
    path: `${device}/renewal/confirm`,
    body: { public_key: 'a'.repeat(64) },
    answer: 409,
  },
  'POST /api/v1/devices/:id/renewal/refuse': {
    may: 'administration',
    path: `${device}/renewal/refuse`,
    body: { public_key: 'a'.repeat(64) },
    answer: 409,
  },
  'POST /api/v1/devices/:id/enrolment': { may: 'administration', path: '/api/v1/devices/none/enrolment', answer: 404 },

  'GET /api/v1/policy/reasons': { may: 'signed in', answer: 200 },
  'GET /health': { may: 'anybody', answer: 200 },
  'GET /api/v1/policy/status': { may: 'decisions', answer: 200 },
  'GET /api/v1/policy/activations': { may: 'decisions', answer: 200 },
  'PUT /api/v1/policy/settings': { may: 'security', body: {}, answer: 400 },
  'POST /api/v1/policy/rollback': {
    may: 'security',
    body: { expected_active: unknownRevision, comment: 'Back to what was' },
    answer: 409,
  },
  'GET /api/v1/policy/canary': { may: 'decisions', answer: 200 },
  'PUT /api/v1/policy/canary': { may: 'security', body: { revision: unknownRevision }, answer: 404 },
  'DELETE /api/v1/policy/canary': { may: 'security', answer: 200 },
  'GET /api/v1/policy/recovery-keys': { may: 'decisions', answer: 200 },
  'PUT /api/v1/policy/recovery-keys/mine': { may: 'administration', body: {}, answer: 400 },
  'GET /api/v1/policy/revisions': { may: 'decisions', answer: 200 },
  'POST /api/v1/policy/revisions': { may: 'security', body: {}, answer: 400 },
  'GET /api/v1/policy/revisions/:revision': { may: 'decisions', path: revision, answer: 404 },
  'GET /api/v1/policy/revisions/:revision/files': { may: 'decisions', path: `${revision}/files`, answer: 404 },
  'POST /api/v1/policy/revisions/:revision/tests': { may: 'security', path: `${revision}/tests`, answer: 404 },
  'POST /api/v1/policy/revisions/:revision/reviews': {
    may: 'security',
    path: `${revision}/reviews`,
    body: { verdict: 'approved', comment: 'Looked at it', expected_active: null },
    answer: 404,
  },
  'POST /api/v1/policy/revisions/:revision/comments': {
    may: 'security',
    path: `${revision}/comments`,
    body: { path: 'rules/region.rego', line: 1, text: 'Why?' },
    answer: 404,
  },
  'POST /api/v1/policy/revisions/:revision/activate': {
    may: 'security',
    path: `${revision}/activate`,
    body: { expected_active: null, comment: 'As reviewed' },
    answer: 404,
  },

  'GET /api/v1/grant-requests': { may: 'signed in', answer: 200 },
  'POST /api/v1/grant-requests': {
    may: 'signed in',
    body: { about: { machine: 'press-1', service: 'hmi', code: 'switch_off' } },
    answer: { technician: 409, others: 404 },
  },
  'POST /api/v1/grant-requests/:id/answer': {
    may: 'granting',
    path: `/api/v1/grant-requests/gnt_${'0'.repeat(32)}/answer`,
    body: { verdict: 'declined' },
    answer: 404,
  },
  'POST /api/v1/grant-requests/:id/withdraw': {
    may: 'signed in',
    path: `/api/v1/grant-requests/gnt_${'0'.repeat(32)}/withdraw`,
    answer: 404,
  },
  'GET /api/v1/policy/drafts': { may: 'decisions', answer: 200 },
  'POST /api/v1/policy/drafts': { may: 'security', body: {}, answer: 400 },
  'GET /api/v1/policy/drafts/:id': { may: 'decisions', path: draft, answer: 404 },
  'PATCH /api/v1/policy/drafts/:id': { may: 'security', path: draft, body: { name: 'Regions', version: 1 }, answer: 404 },
  'DELETE /api/v1/policy/drafts/:id': { may: 'security', path: draft, answer: 404 },
  'GET /api/v1/policy/drafts/:id/file': { may: 'decisions', path: `${draft}/file?path=a.rego`, answer: 404 },
  'PUT /api/v1/policy/drafts/:id/file': {
    may: 'security',
    path: `${draft}/file?path=a.rego`,
    body: { text: 'package a', version: 0 },
    answer: 404,
  },
  'DELETE /api/v1/policy/drafts/:id/file': { may: 'security', path: `${draft}/file?path=a.rego&version=1`, answer: 404 },
  'POST /api/v1/policy/drafts/:id/move': {
    may: 'security',
    path: `${draft}/move`,
    body: { from: 'a.rego', to: 'b.rego', version: 1 },
    answer: 404,
  },
  'PUT /api/v1/policy/drafts/:id/presence': { may: 'security', path: `${draft}/presence`, body: { path: null }, answer: 404 },
  'POST /api/v1/policy/drafts/:id/rebase': { may: 'security', path: `${draft}/rebase`, body: { version: 1 }, answer: 404 },
  'POST /api/v1/policy/drafts/:id/submit': {
    may: 'security',
    path: `${draft}/submit`,
    body: { comment: 'As agreed', version: 1 },
    answer: 404,
  },
  'POST /api/v1/policy/drafts/:id/analysis': { may: 'decisions', path: `${draft}/analysis`, answer: 404 },
  'POST /api/v1/policy/drafts/:id/evaluate': { may: 'security', path: `${draft}/evaluate`, body: { expression: '1' }, answer: 404 },
  'POST /api/v1/policy/format': { may: 'security', body: {}, answer: 400 },
  'GET /api/v1/policy/language': { may: 'decisions', answer: 200 },

  // A revision that there is none of: asked for behind every check of access.
  'POST /api/v1/policy/matrix': { may: 'decisions', body: { target }, answer: 404 },
  'POST /api/v1/policy/matrix/cell': {
    may: 'decisions',
    body: { target, person: `per_${'0'.repeat(32)}`, machine: 'press-1' },
    answer: 404,
  },
  'POST /api/v1/policy/matrix/counts': { may: 'decisions', body: { target }, answer: 404 },
  'GET /api/v1/policy/matrix/counts/:id': { may: 'decisions', path: unknownCount, answer: 404 },
  'DELETE /api/v1/policy/matrix/counts/:id': { may: 'decisions', path: unknownCount, answer: 404 },
  'POST /api/v1/policy/replays': { may: 'decisions', body: { target }, answer: 404 },
  'GET /api/v1/policy/replays/:id': { may: 'decisions', path: unknownReplay, answer: 404 },
  'DELETE /api/v1/policy/replays/:id': { may: 'decisions', path: unknownReplay, answer: 404 },
  'GET /api/v1/policy/replays/:id/changes': { may: 'decisions', path: `${unknownReplay}/changes`, answer: 404 },
  'GET /api/v1/policy/replays/:id/changes/:decision': {
    may: 'decisions',
    path: `${unknownReplay}/changes/dec_${'0'.repeat(32)}`,
    answer: 404,
  },
  'POST /api/v1/policy/impact': { may: 'decisions', body: { target }, answer: 404 },
  'POST /api/v1/policy/ask': { may: 'decisions', body: { target, kind: 'who', machine: 'press-1' }, answer: 404 },

  'GET /api/v1/decisions': { may: 'decisions', answer: 200 },
  'GET /api/v1/decisions/export': { may: 'decisions', answer: 200 },
  'GET /api/v1/decisions/:id': { may: 'decisions', path: `/api/v1/decisions/dec_${'0'.repeat(32)}`, answer: 404 },
  'GET /api/v1/decisions/:id/rules': { may: 'decisions', path: `/api/v1/decisions/dec_${'0'.repeat(32)}/rules`, answer: 404 },
}

let world: ApiWorld
beforeAll(async () => {
  world = await apiWorld()
})
afterAll(() => world[Symbol.asyncDispose]())

function requestOf(route: string): InjectOptions & { method: string; url: string } {
  const [method = '', address = ''] = route.split(' ')
  const { path = address, body } = matrix[route] ?? {}
  if (route === 'POST /api/v1/sign-out') return { method: 'POST', url: path, payload: 'x', headers: { 'content-type': 'text/plain' } }
  return { method, url: path, ...(body === undefined ? {} : { payload: body }) }
}

const routes = Object.keys(matrix)
const changing = routes.filter((route) => !route.startsWith('GET '))

function expected({ may, answer }: Entry, actor: Actor): number {
  if (may !== 'anybody') {
    if ((notSignedIn as readonly Actor[]).includes(actor)) return 401
    if (!(peopleOf[may] as readonly Actor[]).includes(actor)) return 403
  }
  return typeof answer === 'number' ? answer : (answer[actor] ?? answer.others)
}

it('is said for every route that is served', () => {
  const served = world.api.routes.map(({ method, url }) => `${String(method)} ${url}`)
  expect(served.toSorted()).toEqual(routes.toSorted())
})

describe.each(routes)('%s', (route) => {
  it('answers everybody as the matrix says', async () => {
    const entry = matrix[route] as Entry
    const answers: Record<string, number> = {}
    const wanted: Record<string, number> = {}
    for (const actor of everybody) {
      wanted[actor] = expected(entry, actor)
      answers[actor] = await statusFor(actor, route)
    }
    expect(answers).toEqual(wanted)
  })
})

/** The event stream does not end by itself: its head is enough. */
async function statusFor(actor: Actor, route: string): Promise<number> {
  const request = requestOf(route)
  if (route !== 'GET /api/v1/events') return (await world.send(actor, request)).statusCode
  const enough = new AbortController()
  const answer = await fetch(`${await world.listen()}${request.url}`, { headers: world.headersOf(actor), signal: enough.signal })
  enough.abort()
  return answer.status
}

describe.each(changing)('%s cannot be called by a page of somebody else', (route) => {
  const evil = 'https://evil.example'
  const machinePage = 'https://hmi-abc.machines.example.net'
  it.each([
    ['from another site', { 'sec-fetch-site': 'cross-site', origin: evil }],
    ['from a machine’s page', { 'sec-fetch-site': 'cross-site', origin: machinePage }],
    ['from a machine’s page by an old browser', { origin: machinePage }],
    ['from a sibling of the portal', { 'sec-fetch-site': 'same-site', origin: 'https://other.example.com' }],
    ['as a navigation', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', origin: evil }],
    ['as a form of a sandboxed frame', { origin: 'null' }],
    ['from a page that only says same-origin', { 'sec-fetch-site': 'same-origin', origin: evil }],
    ['from the portal’s name without TLS', { origin: portalOrigin.replace('https', 'http') }],
    ['from the portal’s name on another port', { origin: `${portalOrigin}:8443` }],
    ['by what no page says', { 'sec-fetch-site': 'none', origin: portalOrigin }],
    ['without a token', { 'sec-fetch-site': 'same-origin', origin: portalOrigin, 'sallyport-csrf': '' }],
    ['with the token of another sign-in', { origin: portalOrigin, 'sallyport-csrf': 'of-the-other' }],
    ['without an origin and without a token', { 'sallyport-csrf': '' }],
  ])('%s', async (_from, sent) => {
    const headers = { ...requestOf(route).headers, ...sent }
    if ('sallyport-csrf' in headers && headers['sallyport-csrf'] === 'of-the-other') {
      headers['sallyport-csrf'] = world.headersOf('other administrator')['sallyport-csrf'] ?? ''
    }
    const answer = await world.send('administrator', { ...requestOf(route), headers })
    expect(answer.statusCode).toBe(403)
    expect(answer.json()).toMatchObject({ status: 403, code: expect.stringMatching(/^(?:csrf|cross_site)$/) as string })
  })
})

it('gives nobody an answer to read from another site, and lets a link lead to sign-in', async () => {
  for (const [route, { path, may }] of Object.entries(matrix)) {
    if (!route.startsWith('GET ')) continue
    const url = path ?? route.split(' ')[1]
    const read = await world.send('administrator', {
      method: 'GET',
      url,
      headers: { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors' },
    })
    expect([route, may, read.statusCode]).toEqual([route, may, 403])
    expect(read.headers).not.toHaveProperty('access-control-allow-origin')
  }
  const link = { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' }
  expect((await world.send('nobody', { method: 'GET', url: '/auth/sign-in', headers: link })).statusCode).toBe(303)
  // What a browser fetches ahead begins no sign-in.
  const ahead = { ...link, 'sec-fetch-site': 'none', 'sec-purpose': 'prefetch' }
  expect((await world.send('nobody', { method: 'GET', url: '/auth/sign-in', headers: ahead })).statusCode).toBe(403)
})

it('takes no cookie that came twice', async () => {
  const { cookie = '' } = world.headersOf('administrator')
  const answer = await world.send('nobody', { method: 'GET', url: '/api/v1/me', headers: { cookie: `${cookie}; ${cookie}` } })
  expect(answer.statusCode).toBe(401)
})

it('ends a sign-in after its lifetime, and one that is idle', async () => {
  await using other = await apiWorld()
  const me = async (): Promise<number> => (await other.send('auditor', { method: 'GET', url: '/api/v1/me' })).statusCode
  other.clock.advance(7_199_000)
  expect(await me()).toBe(200)
  for (let hours = 0; hours < 7; hours += 1) {
    other.clock.advance(3_600_000)
    expect(await me()).toBe(200)
  }
  other.clock.advance(3_601_000)
  expect(await me()).toBe(401)
  expect((await other.send('technician', { method: 'GET', url: '/api/v1/me' })).statusCode).toBe(401)
})

it('whoever administers does so in a browser: what a command line keeps on a disk opens no administration', async () => {
  await using own = await apiWorld()
  const token = 't'.repeat(43)
  const person = own.people.administrator
  const nowS = own.clock.nowS()
  const times = { createdAt: nowS, lastSeenAt: nowS, expiresAt: nowS + 3_600 }
  const commandLine = exampleSignIn('cli', { tokenHash: tokenHash(token), client: 'command_line', personId: person.id, ...times })
  await own.storage.signIns.insert(commandLine, [])
  const answer = async (url: string): Promise<number> =>
    (await own.send('nobody', { method: 'GET', url, headers: { authorization: `Bearer ${token}` } })).statusCode
  expect(await Promise.all(['/api/v1/machines', '/api/v1/sessions'].map(answer))).toEqual([200, 200])
  // A scheme has no case (RFC 9110, section 11.1).
  const lower = { method: 'GET', url: '/api/v1/machines', headers: { authorization: `bearer ${token}` } } as const
  expect((await own.send('nobody', lower)).statusCode).toBe(200)
  const administration = ['people', 'devices', 'organisations', 'decisions'].map((name) => `/api/v1/${name}`)
  expect(await Promise.all(administration.map(answer))).toEqual([403, 403, 403, 403])
})

it('a credential of another scheme, or a token that is none, is refused with a challenge that says so, also beside a good cookie', async () => {
  const shown = async (who: 'auditor' | 'nobody', headers: Record<string, string>): Promise<[number, unknown]> => {
    const { statusCode, headers: answered } = await world.send(who, { method: 'GET', url: '/api/v1/me', headers })
    return [statusCode, answered['www-authenticate']]
  }
  // RFC 9110, section 15.5.2; RFC 6750, section 3.1: no error code for whoever showed no token.
  const plain = 'Bearer realm="sallyport"'
  const invalid = `${plain}, error="invalid_token"`
  expect(await shown('auditor', {})).toEqual([200, undefined])
  expect(await shown('nobody', {})).toEqual([401, plain])
  for (const authorization of ['Basic eDp5', 'Negotiate', 'Digest username="x"', 'BearerX y', ''])
    for (const who of ['auditor', 'nobody'] as const)
      expect([authorization, await shown(who, { authorization })]).toEqual([authorization, [401, plain]])
  for (const authorization of [
    'Bearer',
    'Bearer ',
    'Bearer short',
    'Bearer a b',
    `bearer ${'x'.repeat(43)}`,
    `Bearer ${'x'.repeat(43)}, Basic eDp5`,
  ])
    for (const who of ['auditor', 'nobody'] as const)
      expect([authorization, await shown(who, { authorization })]).toEqual([authorization, [401, invalid]])
})
