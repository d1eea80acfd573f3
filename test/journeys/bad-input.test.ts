import { readFile } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addressOf, operationsOf, type Description, type Operation } from '../support/api-operations.ts'
import { hostileIds } from '../support/hostile-ids.ts'
import type { PortalClient } from '../support/portal-client.ts'
import { problemOf } from '../support/problem-of.ts'
import { RawHttp, type RawAnswer, type RawRequest } from '../support/raw-http.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'
import { stored } from '../support/stored-digests.ts'
import { untilOnline } from '../support/technician-at-work.ts'
import { wrongKinds, wrongOfItsKind, type JsonSchema } from '../support/wrong-values.ts'

type Who = 'nobody' | 'technician' | 'security' | 'administrator'

let installation: RunningInstallation
let http: RawHttp
let operations: Operation[]
const people = new Map<Who, Record<string, string>>()

beforeAll(async () => {
  installation = await runInstallation()
  http = new RawHttp(installation.portal)
  const accounts = { technician: 'mia', security: 'sam', administrator: 'ada' } as const
  people.set('nobody', {})
  for (const [who, username] of Object.entries(accounts)) people.set(who as Who, headersOf(await installation.signIn(username)))
  await untilOnline(await installation.signIn('mia'))
  const { text } = await http.send({ method: 'GET', path: '/api/v1/openapi.json' })
  operations = operationsOf(JSON.parse(text) as Description)
})
afterAll(async () => {
  http.close()
  await installation[Symbol.asyncDispose]()
})

const headersOf = ({ browser, portal, csrf }: PortalClient): Record<string, string> => ({
  cookie: browser.cookieHeader(new URL(portal).host),
  'sallyport-csrf': csrf,
})

const json = { 'content-type': 'application/json' }

function send(who: Who, request: RawRequest): Promise<RawAnswer> {
  return http.send({ ...request, headers: { ...people.get(who), ...request.headers } })
}

async function residentMiB(): Promise<number> {
  const status = await readFile(`/proc/${installation.gateway.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
}

/** Runs a barrage; afterwards the gateway is alive and its store as it was. */
async function changesNothing(barrage: () => Promise<void>): Promise<void> {
  const before = stored(installation.dataDir)
  expect(Object.keys(before).length).toBeGreaterThan(8)
  await barrage()
  expect(stored(installation.dataDir)).toEqual(before)
  expect(installation.gateway.process.exitCode).toBeNull()
  expect(installation.log.filter((line) => /"level":(?:50|60)/.test(line))).toEqual([])
}

/** As many at a time as a browser would have. */
async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items]
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all([worker(), worker(), worker(), worker(), worker(), worker()])
}

const refusals = [400, 401, 403, 404, 409, 410, 413, 414, 415]

it('is tried on every operation that the gateway describes', () => {
  expect(operations.length).toBeGreaterThan(30)
  expect(operations.filter(({ body }) => body !== null).length).toBeGreaterThan(8)
  expect(operations.filter(({ query }) => query.length > 0).length).toBeGreaterThan(4)
})

it('would see what a good request changes, in both stores', async () => {
  const before = stored(installation.dataDir)
  const body = JSON.stringify({ username: 'eva.new', name: 'Eva New', roles: ['auditor'] })
  const made = await send('administrator', { method: 'POST', path: '/api/v1/people', headers: json, body })
  expect(made.status).toBe(201)
  const after = stored(installation.dataDir)
  const changed = Object.keys(after).filter((table) => after[table] !== before[table])
  expect(changed).toContain('gateway/gateway.sqlite persons')
  expect(changed).toContain('gateway/gateway.sqlite events')
  expect(changed.filter((table) => table.startsWith('idp/'))).not.toEqual([])
})

describe('a body', () => {
  const withBody = (): Operation[] => operations.filter(({ body }) => body !== null)
  const fieldsOf = ({ body }: Operation): [string, JsonSchema][] => Object.entries(body?.properties ?? {})
  const post = (operation: Operation, body: string, headers: Record<string, string> = json): Promise<RawAnswer> =>
    send('administrator', { method: operation.method, path: addressOf(operation), headers, body })

  it('with a wrong type in any field names that field', async () => {
    await changesNothing(async () => {
      const cases = withBody().flatMap((operation) =>
        fieldsOf(operation).flatMap(([field, schema]) => wrongKinds(schema).map((text) => ({ operation, field, text }))),
      )
      expect(cases.length).toBeGreaterThan(300)
      await each(cases, async ({ operation, field, text }) => {
        const context = `${operation.name} ${field}: ${text}`
        const problem = problemOf(await post(operation, `{${JSON.stringify(field)}: ${text}}`), [400], context)
        expect(problem.problems?.map(({ path }) => path).join(' '), context).toContain(`body.${field}`)
        expect(problem.title, context).toContain(`body.${field}`)
      })
    })
  })

  it('with a value out of its bounds in any field is refused', async () => {
    await changesNothing(async () => {
      const cases = withBody().flatMap((operation) =>
        fieldsOf(operation).flatMap(([field, schema]) => wrongOfItsKind(schema).map((text) => ({ operation, field, text }))),
      )
      await each(cases, async ({ operation, field, text }) => {
        const context = `${operation.name} ${field}: ${text.slice(0, 60)}`
        const problem = problemOf(await post(operation, `{${JSON.stringify(field)}: ${text}}`), [400, 404], context)
        // `version` may be any whole number; then there is nothing at the address.
        if (field !== 'version') expect(problem.problems?.map(({ path }) => path).join(' '), context).toContain(`body.${field}`)
      })
    })
  })

  it('without its fields names each that is missing', async () => {
    await changesNothing(() =>
      each(withBody(), async (operation) => {
        const problem = problemOf(await post(operation, '{}'), [400], operation.name)
        for (const field of operation.body?.required ?? []) {
          expect(
            problem.problems?.map(({ path }) => path),
            operation.name,
          ).toContain(`body.${field}`)
        }
      }),
    )
  })

  it('with members that are not its own is refused, each by its name', async () => {
    const wanted = [
      'id',
      'role',
      'roles',
      'organisation',
      'organisation_id',
      'status',
      'state',
      'kind',
      'issuer',
      'subject',
      'is_admin',
      'created_at',
      'approval',
    ]
    await changesNothing(() =>
      each(withBody(), async (operation) => {
        const foreign = wanted.filter((name) => !(name in (operation.body?.properties ?? {})))
        const body = JSON.stringify(Object.fromEntries(foreign.map((name) => [name, 'service_administrator'])))
        const problem = problemOf(await post(operation, body), [400], operation.name)
        for (const name of foreign)
          expect(problem.problems, operation.name).toContainEqual({ path: `body.${name}`, message: 'is not known here' })
      }),
    )
  })

  it.each([
    ['nothing', ''],
    ['no JSON', 'name=x'],
    ['half of one', '{"name": '],
    ['two', '{}{}'],
    ['null', 'null'],
    ['a list', '[]'],
    ['a text', '"text"'],
    ['a number', '1'],
    ['a list 100,000 deep', '['.repeat(100_000)],
    ['an object 20,000 deep', `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`],
    ['10,000 members', `{${Array.from({ length: 10_000 }, (_, n) => `"m${n}":1`).join(',')}}`],
    ['NaN', '{"version": NaN}'],
    ['Infinity', '{"duration_s": Infinity}'],
    ['a prototype', '{"__proto__": {"roles": ["service_administrator"]}}'],
    ['a prototype inside', '{"trainings": [{"__proto__": {"level": 3}}]}'],
    ['a constructor', '{"constructor": {"prototype": {"roles": ["service_administrator"]}}}'],
    ['escaped', '{"\\u005f_proto__": {"roles": []}}'],
    ['bytes that are no UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])],
    ['UTF-16', Buffer.from('{"name": "x"}', 'utf16le')],
    ['compressed', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3])],
  ])('that is %s is refused in every operation', async (_what, body) => {
    await changesNothing(() =>
      each(withBody(), async (operation) => {
        const request = { method: operation.method, path: addressOf(operation), headers: json, body }
        problemOf(await send('administrator', request), [400], operation.name)
      }),
    )
  })

  it.each([
    [undefined],
    [''],
    ['text/plain'],
    ['text/plain; application/json'],
    ['application/jsonx'],
    ['application/json, text/plain'],
    ['application/x-www-form-urlencoded'],
    ['multipart/form-data; boundary=x'],
    ['application/problem+json'],
    ['image/jpeg'],
    ['application/octet-stream'],
    ['a'.repeat(4_000)],
  ])('of the type %s is refused, never skipped', async (type) => {
    await changesNothing(() =>
      each(withBody(), async (operation) => {
        const headers: Record<string, string> = type === undefined ? {} : { 'content-type': type }
        problemOf(await post(operation, '{}', headers), [400, 415], operation.name)
      }),
    )
  })

  it.each([
    'application/json;',
    'application/json\t; charset=utf-8',
    'APPLICATION/JSON',
    'application/json;charset="utf-8"',
    'application/json; a=b; a=c',
  ])('of the type %j is read and judged as JSON', async (type) => {
    await changesNothing(() =>
      each(withBody(), async (operation) => {
        const problem = problemOf(await post(operation, '{"surprise": 1}', { 'content-type': type }), [400], operation.name)
        expect(problem.problems, operation.name).toContainEqual({ path: 'body.surprise', message: 'is not known here' })
      }),
    )
  })

  it('that nobody reads is refused where none is wanted', async () => {
    const without = operations.filter(({ method, body, path }) => method !== 'GET' && body === null && !path.endsWith('/photo'))
    expect(without.length).toBeGreaterThan(3)
    await changesNothing(() =>
      each(without, async (operation) => {
        problemOf(await post(operation, '{"reason": "x"}'), [400], operation.name)
        problemOf(await post(operation, 'reason=x', { 'content-type': 'text/plain' }), [415], operation.name)
      }),
    )
  })
})

describe('more than an operation takes', () => {
  const large = 300 * 1024

  it('is refused with and without a length, and costs no memory, whoever sends it', async () => {
    const withBody = operations.filter(({ method }) => method !== 'GET')
    await changesNothing(async () => {
      for (const who of ['nobody', 'technician', 'administrator'] as const) {
        await each(withBody, async (operation) => {
          const request = { method: operation.method, path: addressOf(operation), headers: json }
          const whole = await send(who, { ...request, body: `{"a": "${'x'.repeat(1_000_000)}"}` })
          if (whole.status !== 0) problemOf(whole, [401, 403, 413, 415], `${who} ${operation.name}`)
          const streamed = await send(who, {
            ...request,
            body: Readable.from([`{"a": "`, ...Array.from({ length: 16 }, () => Buffer.alloc(large / 8, 'x'))]),
          })
          if (streamed.status !== 0) problemOf(streamed, [401, 403, 413, 415], `${who} ${operation.name} in chunks`)
        })
      }
    })
  })

  it('is never kept: 64 MiB from somebody unknown leave the gateway as large as it was', async () => {
    const mebibyte = Buffer.alloc(1024 * 1024, 'x')
    const before = await residentMiB()
    await changesNothing(async () => {
      for (let round = 0; round < 4; round += 1) {
        const body = Readable.from(Array.from({ length: 64 }, () => mebibyte))
        const answer = await send('nobody', { method: 'POST', path: '/api/v1/organisations', headers: json, body })
        if (answer.status !== 0) problemOf(answer, [401, 413], 'endless')
      }
    })
    expect((await residentMiB()) - before).toBeLessThan(64)
  })

  it('is a photo of more than 64 KiB, of another type, or no photo', async () => {
    const photo = operations.find(({ name }) => name === 'PUT /api/v1/people/{id}/photo') as Operation
    const mia = (JSON.parse((await send('technician', { method: 'GET', path: '/api/v1/me' })).text) as { id: string }).id
    const put = (type: string, body: string | Buffer) =>
      send('administrator', { method: 'PUT', path: addressOf(photo, mia), headers: { 'content-type': type }, body })
    await changesNothing(async () => {
      problemOf(await put('image/jpeg', Buffer.alloc(65 * 1024)), [413], 'large')
      problemOf(await put('image/jpeg', Buffer.alloc(1000)), [400, 415], 'zeros')
      problemOf(await put('image/jpeg', ''), [400, 415], 'empty')
      problemOf(await put('image/svg+xml', '<svg onload="alert(1)"/>'), [415], 'svg')
      problemOf(await put('image/png', Buffer.from([0x89, 0x50, 0x4e, 0x47])), [415], 'png')
      problemOf(await put('application/json', '{"a": 1}'), [415], 'json')
    })
  })
})

describe('an address', () => {
  it('with an id that is malformed, foreign or hostile leads nowhere, whoever asks', async () => {
    await changesNothing(async () => {
      const withId = operations.filter(({ path, open }) => path.includes('{id}') && !open)
      expect(withId.length).toBeGreaterThan(15)
      for (const who of ['nobody', 'technician', 'administrator'] as const) {
        const cases = withId.flatMap((operation) => hostileIds.map((id) => ({ operation, id })))
        await each(cases, async ({ operation, id }) => {
          const body = operation.body === null ? {} : { headers: json, body: '{}' }
          const answer = await send(who, { method: operation.method, path: addressOf(operation, id), ...body })
          const context = `${who} ${operation.name} ${id.slice(0, 40)}`
          problemOf(answer, refusals, context)
          expect(answer.headers['set-cookie'], context).toBeUndefined()
        })
      }
    })
  })

  it('names the id and what one looks like', async () => {
    const read = async (path: string) => problemOf(await send('administrator', { method: 'GET', path }), [400], path)
    expect((await read('/api/v1/people/press-7')).title).toMatch(/params\.id: must be the id of a person: "per_"/)
    expect((await read('/api/v1/sessions/press-7')).title).toMatch(/params\.id: must be the id of a session: "ses_"/)
    expect((await read('/api/v1/decisions/press-7')).title).toMatch(/params\.id: must be the id of a decision: "dec_"/)
    expect((await read('/api/v1/devices/PRESS')).title).toMatch(/params\.id: lower-case letters/)
    expect((await read('/api/v1/devices/%zz')).title).toMatch(/"%"/)
  })

  it('of an organisation, a service or a machine that is not there is refused where it stands in a body', async () => {
    const device = {
      id: 'press-99',
      name: 'P',
      site: 'S',
      region: 'europe',
      country: 'DE',
      time_zone: 'Europe/Berlin',
      product_line: 'press',
      model: 'M',
    }
    const post = async (who: Who, path: string, body: object, status: number) =>
      problemOf(await send(who, { method: 'POST', path, headers: json, body: JSON.stringify(body) }), [status], path)
    const asking = { machine: 'press-7', services: ['hmi'], purpose: 'Ink drifts', duration_s: 600 }
    await changesNothing(async () => {
      const organisation = await post('administrator', '/api/v1/devices', { ...device, organisation: `org_${'0'.repeat(32)}` }, 400)
      expect(organisation).toMatchObject({ code: 'organisation_unknown', problems: [{ path: 'body.organisation' }] })
      await post('technician', '/api/v1/sessions', { ...asking, machine: 'flow-1' }, 404)
      const service = await post('technician', '/api/v1/sessions', { ...asking, services: ['shell'] }, 400)
      expect(service.title).toMatch(/shell.*hmi/)
      await post('technician', '/api/v1/sessions', { ...asking, services: ['hmi', 'hmi'] }, 400)
      await post('administrator', '/api/v1/people', { username: 'mia', name: 'Another Mia', roles: ['technician'] }, 409)
    })
  })
})

describe('a version', () => {
  it('that is not the newest changes nothing', async () => {
    const { items } = JSON.parse((await send('administrator', { method: 'GET', path: '/api/v1/people' })).text) as {
      items: { id: string; version: number }[]
    }
    const [person] = items
    const paths = [`/api/v1/people/${person?.id}`, '/api/v1/devices/press-7']
    await changesNothing(() =>
      each(paths, async (path) => {
        for (const version of [-1, 0, 999_999, Number.MAX_SAFE_INTEGER]) {
          const body = JSON.stringify({ version, name: 'Changed' })
          const headers = { ...json, 'if-match': '*', 'if-none-match': '"x"' }
          const problem = problemOf(await send('administrator', { method: 'PATCH', path, headers, body }), [409], `${path} ${version}`)
          expect(problem.code).toBe('stale_version')
        }
      }),
    )
  })
})

describe('a query', () => {
  const wrong: readonly string[] = [
    'limit=0',
    'limit=201',
    'limit=-1',
    'limit=1.5',
    'limit=many',
    'limit=NaN',
    'limit=1e400',
    'limit=1&limit=2',
    'limit[]=1',
    'limit=',
  ]
  const cursors = [
    '*',
    '%00',
    'W10',
    'WzFd',
    'bnVsbA',
    'eyJhIjoxfQ',
    'WyJhIiwiYiIsImMiXQ',
    'WzFlOTk5LDFd',
    '%F0%9F%92%A9',
    'a'.repeat(5_000),
    '',
  ]
  const paged = (): Operation[] => operations.filter(({ query }) => query.some(({ name }) => name === 'limit'))

  it('with a wrong limit, a wrong cursor, an unknown or a doubled name is refused, by its name', async () => {
    const queries = [
      ...wrong,
      ...cursors.map((cursor) => `after=${cursor}`),
      'sort=name',
      '__proto__=1',
      'constructor=1',
      'Limit=1',
      'after=a&after=b',
    ]
    expect(paged().length).toBeGreaterThan(4)
    await changesNothing(() =>
      each(
        paged().flatMap((operation) => queries.map((query) => ({ operation, query }))),
        async ({ operation, query }) => {
          const context = `${operation.name}?${query.slice(0, 40)}`
          const problem = problemOf(await send('administrator', { method: 'GET', path: `${operation.path}?${query}` }), [400], context)
          const [name = ''] = query.split(/[=[]/)
          if (problem.code !== 'invalid_cursor') expect(problem.title, context).toContain(`querystring.${name}`)
        },
      ),
    )
  })

  it('with any parameter doubled, endless, empty of sense or hostile is refused or finds nothing, and never fails', async () => {
    const values = ['%00', '%ff', '%', '%25', '_', "'", '%22', '*', '%E2%80%AE', '%F0%9F%92%A9', '(a%2B)%2B$', 'x'.repeat(20_000)]
    await changesNothing(() =>
      each(
        operations.filter(({ query }) => query.length > 0),
        async (operation) => {
          for (const { name } of operation.query) {
            for (const query of [
              ...values.map((value) => `${name}=${value}`),
              `${name}=a&${name}=b`,
              `${name}[a]=1`,
              `${name}=1;${name}=2`,
            ]) {
              const answer = await send('administrator', { method: 'GET', path: `${addressOf(operation)}?${query}` })
              if (answer.status !== 200) problemOf(answer, refusals, `${operation.name}?${query.slice(0, 40)}`)
            }
          }
        },
      ),
    )
  })
})

describe('whoever may not', () => {
  it('is refused before anything of what he sent is looked at, and learns nothing from it', async () => {
    await changesNothing(async () => {
      for (const who of ['nobody', 'technician', 'security'] as const) {
        await each(
          operations.filter(({ open }) => !open),
          async (operation) => {
            for (const body of ['{', '{"__proto__": 1}', 'x'.repeat(100_000)]) {
              if (operation.method === 'GET') continue
              const request = { method: operation.method, path: addressOf(operation), headers: json, body }
              const problem = problemOf(await send(who, request), who === 'nobody' ? [401] : [400, 403, 415], `${who} ${operation.name}`)
              if (who === 'nobody') expect(problem.code).toBe('not_signed_in')
            }
          },
        )
      }
    })
  })

  it('cannot come by a cookie that is broken, doubled, endless or somebody else’s guess', async () => {
    const good = people.get('administrator')?.['cookie'] ?? ''
    const [name = '', token = ''] =
      good
        .split('; ')
        .find((pair) => pair.includes('sallyport=') || pair.startsWith('__Host-sallyport='))
        ?.split('=') ?? []
    expect(token).not.toBe('')
    const cookies = [
      `${name}=`,
      name,
      `${name}=${token}x`,
      `${name}=${token.slice(1)}`,
      `${name}=${token}; ${name}=x`,
      `${name}="${token}"`,
      `${name}=${'a'.repeat(20_000)}`,
      `${name.toLowerCase()}=${token}`,
      `${name}=%00`,
      `=${token}`,
      ';;;',
      `${name}=../../x`,
    ]
    await changesNothing(() =>
      each(cookies, async (cookie) => {
        problemOf(await http.send({ method: 'GET', path: '/api/v1/people', headers: { cookie } }), [401], cookie.slice(0, 60))
      }),
    )
  })
})

describe('the ways to sign in', () => {
  it.each([
    '/auth/callback',
    '/auth/callback?code=x&state=y',
    `/auth/callback?code=${'x'.repeat(20_000)}`,
    '/auth/callback?error=access_denied&error_description=%3Cscript%3E',
    '/auth/callback?code=%00&code=b',
  ])('lead a broken return %s back to a page that says so', async (path) => {
    await changesNothing(async () => {
      const answer = await http.send({ method: 'GET', path, headers: { cookie: '__Host-sallyport-sign-in=guess' } })
      expect(answer.status).toBe(303)
      expect(answer.headers['location']).toMatch(/^\/sign-in-failed\?code=[a-z_]+$/)
    })
  })

  it.each([
    'https://evil.example',
    '//evil.example',
    '/\\evil.example',
    '/%0d%0aset-cookie:a=b',
    'javascript:alert(1)',
    '/auth/sign-in',
    '\t//evil.example',
    '',
  ])('go on with a return to %j only within the portal', async (target) => {
    const answer = await http.send({ method: 'GET', path: `/auth/sign-in?return_to=${encodeURIComponent(target)}` })
    expect(answer.status).toBe(303)
    expect(new URL(String(answer.headers['location'])).host).toBe(`id.${new URL(installation.portal).host}`)
    expect(String(answer.headers['location'])).not.toContain('evil')
  })

  it('answer nonsense at the identity provider with a refusal', async () => {
    const provider = new RawHttp(installation.portal.replace('sallyport.', 'id.sallyport.'))
    const form = { 'content-type': 'application/x-www-form-urlencoded' }
    const requests: RawRequest[] = [
      { method: 'GET', path: '/auth' },
      { method: 'GET', path: '/auth?client_id=x&redirect_uri=https://evil.example' },
      { method: 'GET', path: '/%' },
      { method: 'GET', path: '//[' },
      { method: 'GET', path: '/%00' },
      { method: 'GET', path: `/${'a'.repeat(20_000)}` },
      { method: 'POST', path: '/token', headers: form, body: 'grant_type=%00' },
      { method: 'POST', path: '/token', headers: json, body: '{' },
      { method: 'POST', path: '/request', headers: form, body: `a=${'x'.repeat(1_000_000)}` },
      { method: 'POST', path: '/token/introspection', headers: form, body: 'token=x' },
      { method: 'GET', path: '/interaction/x' },
      { method: 'POST', path: '/interaction/..%2f..', headers: form, body: 'username=a&username=b' },
      { method: 'GET', path: '/session/end?id_token_hint=x' },
      { method: 'GET', path: '/setup/x' },
      { method: 'DELETE', path: '/auth' },
      { method: 'OPTIONS', path: '/token' },
    ]
    try {
      for (const request of requests) {
        const { status, text } = await provider.send(request)
        expect([`${request.method} ${request.path.slice(0, 40)}`, status >= 400 && status < 500], text.slice(0, 200)).toEqual([
          `${request.method} ${request.path.slice(0, 40)}`,
          true,
        ])
        expect(text).not.toMatch(/node_modules|\n\s+at |\.ts:\d/)
      }
    } finally {
      provider.close()
    }
  })
})
