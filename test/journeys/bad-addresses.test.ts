import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addressOf, type Operation } from '../support/api-operations.ts'
import { each, gatewayUnderFire, type GatewayUnderFire, type Who } from '../support/gateway-under-fire.ts'
import { hostileIds } from '../support/hostile-ids.ts'
import { problemOf } from '../support/problem-of.ts'
import { RawHttp, type RawRequest } from '../support/raw-http.ts'

let gateway: GatewayUnderFire
beforeAll(async () => {
  gateway = await gatewayUnderFire()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const json = { 'content-type': 'application/json' }

const refusals = [400, 401, 403, 404, 409, 410, 413, 414, 415]

describe('an address', () => {
  it('with an id that is malformed, foreign or hostile leads nowhere, whoever asks', async () => {
    await gateway.changesNothing(async () => {
      const withId = gateway.operations.filter(({ path, open }) => path.includes('{id}') && !open)
      expect(withId.length).toBeGreaterThan(15)
      for (const who of ['nobody', 'technician', 'administrator'] as const) {
        const cases = withId.flatMap((operation) => hostileIds.map((id) => ({ operation, id })))
        await each(cases, async ({ operation, id }) => {
          const body = operation.body === null ? {} : { headers: json, body: '{}' }
          const answer = await gateway.send(who, { method: operation.method, path: addressOf(operation, id), ...body })
          const context = `${who} ${operation.name} ${id.slice(0, 40)}`
          problemOf(answer, refusals, context)
          expect(answer.headers['set-cookie'], context).toBeUndefined()
        })
      }
    })
  })

  it('names the id and what one looks like', async () => {
    const read = async (path: string) => problemOf(await gateway.send('administrator', { method: 'GET', path }), [400], path)
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
      problemOf(await gateway.send(who, { method: 'POST', path, headers: json, body: JSON.stringify(body) }), [status], path)
    const asking = { machine: 'press-7', services: ['hmi'], purpose: 'Ink drifts', duration_s: 600 }
    await gateway.changesNothing(async () => {
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
    const { items } = JSON.parse((await gateway.send('administrator', { method: 'GET', path: '/api/v1/people' })).text) as {
      items: { id: string; version: number }[]
    }
    const [person] = items
    const paths = [`/api/v1/people/${person?.id}`, '/api/v1/devices/press-7']
    await gateway.changesNothing(() =>
      each(paths, async (path) => {
        for (const version of [-1, 0, 999_999, Number.MAX_SAFE_INTEGER]) {
          const body = JSON.stringify({ version, name: 'Changed' })
          const headers = { ...json, 'if-match': '*', 'if-none-match': '"x"' }
          const problem = problemOf(
            await gateway.send('administrator', { method: 'PATCH', path, headers, body }),
            [409],
            `${path} ${version}`,
          )
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
    'WzFdWzFd',
    'bnVsbA',
    'eyJhIjoxfQ',
    'WyJhIiwiYiIsImMiXQ',
    'WzFlOTk5LDFd',
    '%F0%9F%92%A9',
    'a'.repeat(5_000),
    '',
  ]
  const paged = (): Operation[] => gateway.operations.filter(({ query }) => query.some(({ name }) => name === 'limit'))

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
    await gateway.changesNothing(() =>
      each(
        paged().flatMap((operation) => queries.map((query) => ({ operation, query }))),
        async ({ operation, query }) => {
          const context = `${operation.name}?${query.slice(0, 40)}`
          const problem = problemOf(
            await gateway.send('administrator', { method: 'GET', path: `${addressOf(operation)}?${query}` }),
            // Whose list is not there has no wrong place in it.
            operation.path.includes('{') ? [400, 404] : [400],
            context,
          )
          const [name = ''] = query.split(/[=[]/)
          if (problem.status !== 404 && problem.code !== 'invalid_cursor') expect(problem.title, context).toContain(`querystring.${name}`)
        },
      ),
    )
  })

  it('with any parameter doubled, endless, empty of sense or hostile is refused or finds nothing, and never fails', async () => {
    const values = ['%00', '%ff', '%', '%25', '_', "'", '%22', '*', '%E2%80%AE', '%F0%9F%92%A9', '(a%2B)%2B$', 'x'.repeat(20_000)]
    await gateway.changesNothing(() =>
      each(
        // An export is recorded, whatever it holds: that is what it changes.
        gateway.operations.filter(({ query, path }) => query.length > 0 && path !== '/api/v1/decisions/export'),
        async (operation) => {
          for (const { name } of operation.query) {
            for (const query of [
              ...values.map((value) => `${name}=${value}`),
              `${name}=a&${name}=b`,
              `${name}[a]=1`,
              `${name}=1;${name}=2`,
            ]) {
              const answer = await gateway.send('administrator', { method: 'GET', path: `${addressOf(operation)}?${query}` })
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
    await gateway.changesNothing(async () => {
      for (const who of ['nobody', 'technician', 'security'] as const) {
        await each(
          gateway.operations.filter(({ open }) => !open),
          async (operation) => {
            for (const body of ['{', '{"__proto__": 1}', 'x'.repeat(100_000)]) {
              if (operation.method === 'GET') continue
              const request = { method: operation.method, path: addressOf(operation), headers: json, body }
              const problem = problemOf(
                await gateway.send(who, request),
                who === 'nobody' ? [401] : [400, 403, 415],
                `${who} ${operation.name}`,
              )
              if (who === 'nobody') expect(problem.code).toBe('not_signed_in')
            }
          },
        )
      }
    })
  })

  it('cannot come by a cookie that is broken, doubled, endless or somebody else’s guess', async () => {
    const good = gateway.headersOf('administrator')['cookie'] ?? ''
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
    await gateway.changesNothing(() =>
      each(cookies, async (cookie) => {
        problemOf(await gateway.send('nobody', { method: 'GET', path: '/api/v1/people', headers: { cookie } }), [401], cookie.slice(0, 60))
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
    await gateway.changesNothing(async () => {
      const answer = await gateway.send('nobody', { method: 'GET', path, headers: { cookie: '__Host-sallyport-sign-in=guess' } })
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
    const answer = await gateway.send('nobody', { method: 'GET', path: `/auth/sign-in?return_to=${encodeURIComponent(target)}` })
    expect(answer.status).toBe(303)
    expect(new URL(String(answer.headers['location'])).host).toBe(`id.${new URL(gateway.portal).host}`)
    expect(String(answer.headers['location'])).not.toContain('evil')
  })

  it('answer nonsense at the identity provider with a refusal', async () => {
    const provider = new RawHttp(gateway.portal.replace('sallyport.', 'id.sallyport.'))
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
