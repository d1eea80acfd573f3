import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { addressOf, type Operation } from '../support/api-operations.ts'
import { each, gatewayUnderFire, type GatewayUnderFire } from '../support/gateway-under-fire.ts'
import { problemOf } from '../support/problem-of.ts'
import type { RawAnswer } from '../support/raw-http.ts'
import { wrongKinds, wrongOfItsKind, type JsonSchema } from '../support/wrong-values.ts'

let gateway: GatewayUnderFire
beforeAll(async () => {
  gateway = await gatewayUnderFire()
})
afterAll(() => gateway[Symbol.asyncDispose]())

const json = { 'content-type': 'application/json' }

it('is tried on every operation that the gateway describes', () => {
  expect(gateway.operations.length).toBeGreaterThan(30)
  expect(gateway.operations.filter(({ body }) => body !== null).length).toBeGreaterThan(8)
  expect(gateway.operations.filter(({ query }) => query.length > 0).length).toBeGreaterThan(4)
})

it('would see what a good request changes, in both stores', async () => {
  const before = gateway.stored()
  const body = JSON.stringify({ username: 'eva.new', name: 'Eva New', roles: ['auditor'] })
  const made = await gateway.send('administrator', { method: 'POST', path: '/api/v1/people', headers: json, body })
  expect(made.status).toBe(201)
  const after = gateway.stored()
  const changed = Object.keys(after).filter((table) => after[table] !== before[table])
  expect(changed).toContain('gateway/gateway.sqlite persons')
  expect(changed).toContain('gateway/gateway.sqlite events')
  expect(changed.filter((table) => table.startsWith('idp/'))).not.toEqual([])
})

describe('a body', () => {
  const withBody = (): Operation[] => gateway.operations.filter(({ body }) => body !== null)
  const withRequired = (): Operation[] => withBody().filter(({ body }) => (body?.required ?? []).length > 0)
  const fieldsOf = ({ body }: Operation): [string, JsonSchema][] => Object.entries(body?.properties ?? {})
  const post = (operation: Operation, body: string, headers: Record<string, string> = json): Promise<RawAnswer> =>
    gateway.send('administrator', { method: operation.method, path: addressOf(operation), headers, body })

  it('with a wrong type in any field names that field', async () => {
    await gateway.changesNothing(async () => {
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
    await gateway.changesNothing(async () => {
      const cases = withBody().flatMap((operation) =>
        fieldsOf(operation).flatMap(([field, schema]) => wrongOfItsKind(schema).map((text) => ({ operation, field, text }))),
      )
      // A file of a policy may be long.
      const isLongFile = ({ operation, field, text }: (typeof cases)[number]): boolean =>
        operation.path.startsWith('/api/v1/policy/') && field === 'text' && text.length > 100_000
      await each(
        cases.filter((one) => !isLongFile(one)),
        async ({ operation, field, text }) => {
          const context = `${operation.name} ${field}: ${text.slice(0, 60)}`
          const problem = problemOf(await post(operation, `{${JSON.stringify(field)}: ${text}}`), [400, 404], context)
          // `version` may be any whole number; then there is nothing at the address.
          if (field !== 'version') expect(problem.problems?.map(({ path }) => path).join(' '), context).toContain(`body.${field}`)
        },
      )
    })
  })

  it('without its fields names each that is missing', async () => {
    expect(withRequired().length).toBeGreaterThan(8)
    await gateway.changesNothing(() =>
      each(withRequired(), async (operation) => {
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
    await gateway.changesNothing(() =>
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
    await gateway.changesNothing(() =>
      each(withBody(), async (operation) => {
        const request = { method: operation.method, path: addressOf(operation), headers: json, body }
        problemOf(await gateway.send('administrator', request), [400], operation.name)
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
    await gateway.changesNothing(() =>
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
    await gateway.changesNothing(() =>
      each(withBody(), async (operation) => {
        const problem = problemOf(await post(operation, '{"surprise": 1}', { 'content-type': type }), [400], operation.name)
        expect(problem.problems, operation.name).toContainEqual({ path: 'body.surprise', message: 'is not known here' })
      }),
    )
  })

  it('that nobody reads is refused where none is wanted', async () => {
    const without = gateway.operations.filter(({ method, body, path }) => method !== 'GET' && body === null && !path.endsWith('/photo'))
    expect(without.length).toBeGreaterThan(3)
    await gateway.changesNothing(() =>
      each(without, async (operation) => {
        problemOf(await post(operation, '{"reason": "x"}'), [400], operation.name)
        problemOf(await post(operation, 'reason=x', { 'content-type': 'text/plain' }), [415], operation.name)
      }),
    )
  })
})

describe('more than an operation takes', () => {
  const large = 300 * 1024
  const wholePolicy = /\/policy\/revisions$/u
  const filesOfPolicy = /\/policy\/(?:format|drafts\/\{id\}\/(?:file|evaluate))$/u

  it('is refused with and without a length, and costs no memory, whoever sends it', async () => {
    const withBody = gateway.operations.filter(({ method }) => method !== 'GET')
    await gateway.changesNothing(async () => {
      for (const who of ['nobody', 'technician', 'administrator'] as const) {
        await each(withBody, async (operation) => {
          const request = { method: operation.method, path: addressOf(operation), headers: json }
          // Sources of a policy are larger than anything else: a whole policy, one file of it, an input that is tried.
          const most = wholePolicy.test(operation.path) ? 8 : filesOfPolicy.test(operation.path) ? 2 : 0.25
          const whole = await gateway.send(who, { ...request, body: `{"a": "${'x'.repeat(most * 1024 * 1024)}"}` })
          if (whole.status !== 0) problemOf(whole, [401, 403, 413, 415], `${who} ${operation.name}`)
          if (most > 0.25) return
          const streamed = await gateway.send(who, {
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
    const before = await gateway.residentMiB()
    await gateway.changesNothing(async () => {
      for (let round = 0; round < 4; round += 1) {
        const body = Readable.from(Array.from({ length: 64 }, () => mebibyte))
        const answer = await gateway.send('nobody', { method: 'POST', path: '/api/v1/organisations', headers: json, body })
        if (answer.status !== 0) problemOf(answer, [401, 413], 'endless')
      }
    })
    expect((await gateway.residentMiB()) - before).toBeLessThan(64)
  })

  it('is a photo of more than 64 KiB, of another type, or no photo', async () => {
    const photo = gateway.operations.find(({ name }) => name === 'PUT /api/v1/people/{id}/photo') as Operation
    const mia = (JSON.parse((await gateway.send('technician', { method: 'GET', path: '/api/v1/me' })).text) as { id: string }).id
    const put = (type: string, body: string | Buffer) =>
      gateway.send('administrator', { method: 'PUT', path: addressOf(photo, mia), headers: { 'content-type': type }, body })
    await gateway.changesNothing(async () => {
      problemOf(await put('image/jpeg', Buffer.alloc(65 * 1024)), [413], 'large')
      problemOf(await put('image/jpeg', Buffer.alloc(1000)), [400, 415], 'zeros')
      problemOf(await put('image/jpeg', ''), [400, 415], 'empty')
      problemOf(await put('image/svg+xml', '<svg onload="alert(1)"/>'), [415], 'svg')
      problemOf(await put('image/png', Buffer.from([0x89, 0x50, 0x4e, 0x47])), [415], 'png')
      problemOf(await put('application/json', '{"a": 1}'), [415], 'json')
    })
  })
})
