import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Session } from '../../gateway/http-api/contract/sessions.ts'
import {
  demoOf,
  makeAccounts,
  makeDevices,
  makeMachines,
  makePeople,
  makeSessions,
  nowS,
  organisations,
  sessionIdOf,
  sessionOf,
  undertaking,
} from './fake-data.ts'
import { asAsked, decisionsPage, makeDecisions, rulesOf } from './fake-decisions.ts'
import { asAdministrator, makeGrants, newGrant } from './fake-grants.ts'
import { fakePhoto } from './fake-photo.ts'
import { makeFakePolicy } from './fake-policy.ts'
import { serveBuiltPages } from './serve-built-pages.ts'

const gatewayForAgents = {
  tunnel: 'gw.example.com:7443',
  est: 'https://gw.example.com:7444',
  trust_domain: 'sallyport.example.com',
  ca_pem: '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n',
}

export interface FakeRequest {
  readonly method: string
  readonly path: string
  readonly csrf: string | undefined
  readonly type: string | undefined
  readonly body: Buffer
}

interface Answer {
  readonly status: number
  readonly body?: unknown
}

const problem = (status: number, code: string, title: string, more: object = {}): Answer => ({
  status,
  body: { type: 'about:blank', title, status, code, id: 'f00dbabe', ...more },
})
const ok = (body: unknown, status = 200): Answer => ({ status, body })
/** As the gateway's own. */
const pageSize = 50
const notFound = problem(404, 'not_found', 'There is nothing here.')

/** The gateway as its contract says, in memory, for the pages' own tests and pictures. Nobody's access is decided here. */
export const startFakeGateway = async ({ pagesDir, port = 0 }: { readonly pagesDir: string; readonly port?: number }) => {
  const world = {
    accounts: makeAccounts(),
    machines: makeMachines(),
    sessions: makeSessions(),
    people: makePeople(),
    devices: makeDevices(),
    decisions: makeDecisions(),
    grants: makeGrants(),
  }
  /** Answers of the next requests by `METHOD /path`, to show what goes wrong. */
  const failures = new Map<string, Answer>()
  const requests: FakeRequest[] = []
  const streams = new Set<ServerResponse>()
  let eventCount = 0
  /** `Last-Event-ID` of each stream that was opened. */
  const streamIds: (string | undefined)[] = []
  const emit = (name: string, data: unknown): void => {
    eventCount += 1
    for (const stream of streams) stream.write(`id: fake-${eventCount}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`)
  }
  const policy = makeFakePolicy(emit)
  const put = (session: Session): Session => {
    world.sessions = [session, ...world.sessions.filter((other) => other.id !== session.id)]
    emit('session', session)
    return session
  }
  const change = (id: string, members: Partial<Session>): Session => {
    const before = world.sessions.find((session) => session.id === id)
    if (before === undefined) throw new Error(`No session ${id}`)
    return put({ ...before, ...members, now: nowS() })
  }
  const route = (who: string, { method, path, body }: FakeRequest, query: URLSearchParams): Answer => {
    const me = world.accounts[who]
    const json = (): Record<string, never> => JSON.parse(body.toString('utf8')) as Record<string, never>
    if (path === '/demo') return ok(demoOf())
    if (me === undefined) return problem(401, 'not_signed_in', 'Sign in first.')
    const [kind = '', id, act] = path.split('/').slice(1).map(decodeURIComponent)
    if (kind === 'policy') return policy.answer({ method, path: path.slice('/policy'.length), query, json, me }) ?? notFound
    const search = (query.get('search') ?? '').toLowerCase()
    const pageOf = (all: readonly object[]): Answer => {
      const region = query.get('region')
      const items = all.filter(
        (item) =>
          (!('name' in item) || String(item.name).toLowerCase().includes(search)) &&
          (region === null || !('region' in item) || item.region === region),
      )
      const from = Number(query.get('after') ?? 0)
      const to = from + pageSize
      return ok({ items: items.slice(from, to), next: to < items.length ? String(to) : null })
    }
    const one = (items: readonly { readonly id: string }[]): Answer => {
      const found = items.find((item) => item.id === id)
      return found === undefined ? notFound : ok(found)
    }
    switch (`${method} ${kind}${id === undefined ? '' : '/:id'}${act === undefined ? '' : `/${act}`}`) {
      case 'GET me':
        return ok(me)
      case 'GET undertaking':
        return ok(undertaking)
      case 'POST me/:id':
        world.accounts[who] = { ...me, undertaking: { required_version: '1', accepted_version: '1' } }
        return { status: 204 }
      case 'POST sign-out':
        return ok({ redirect: '/auth/sign-out' })
      case 'GET machines':
        if (query.get('calling') === 'true') return ok({ items: world.machines.filter(({ help }) => help !== null), next: null })
        return pageOf(world.machines.filter((machine) => (query.get('online') ?? String(machine.online)) === String(machine.online)))
      case 'GET machines/:id':
        return one(world.machines)
      case 'GET sessions':
        return pageOf(
          world.sessions.filter(
            (session) =>
              (query.get('mine') !== 'true' || session.mine) &&
              (query.get('machine') ?? session.machine.id) === session.machine.id &&
              (query.get('live') !== 'true' || session.state !== 'ended'),
          ),
        )
      case 'POST sessions': {
        const { purpose, ticket, help, duration_s } = json()
        return ok(put(sessionOf(sessionIdOf('e'), { purpose, ticket, help, asked_duration_s: duration_s })), 201)
      }
      case 'GET sessions/:id':
        return one(world.sessions.map((session) => ({ ...session, now: nowS() })))
      case 'GET sessions/:id/history':
        return ok({
          items: [
            { time_ms: Date.now() - 400_000, type: 'session.requested', actor: { kind: 'technician', name: 'Mia Bauer' }, detail: {} },
            { time_ms: Date.now() - 399_000, type: 'notice.shown', actor: { kind: 'device', name: 'press-1' }, detail: {} },
          ],
        })
      case 'POST sessions/:id/end':
        return ok(change(id ?? '', { state: 'ended', ended_at: nowS(), end_reason: 'ended_by_technician', ended_by: me.name }))
      case 'POST sessions/:id/extend':
        return ok(change(id ?? '', { extension: { duration_s: json()['duration_s'] ?? 0, requested_at: nowS() } }), 202)
      case 'POST sessions/:id/messages': {
        const messages = world.sessions.find((session) => session.id === id)?.messages ?? []
        const said = { n: messages.length + 1, time_ms: Date.now(), from: 'technician' as const, name: me.name, text: json()['text'] ?? '' }
        return ok(change(id ?? '', { messages: [...messages, said] }))
      }
      case 'POST sessions/:id/open':
        return ok({ url: '/opened-machine' })
      case 'GET organisations':
        return ok({ items: organisations })
      case 'POST organisations':
        return ok({ id: `org_${'c'.repeat(32)}`, name: json()['name'], kind: 'customer' }, 201)
      case 'GET people':
        return pageOf(world.people)
      case 'GET people/:id':
        return one(world.people)
      case 'POST people': {
        const person = { ...world.people[0], ...json(), id: `per_${'9'.repeat(32)}`, photo_url: null, version: 1 }
        world.people = [...world.people, person as never]
        return ok({ person, setup_url: 'https://id.example/set-up/7Qx2', setup_expires_at: nowS() + 86_400 }, 201)
      }
      case 'PATCH people/:id':
        world.people = world.people.map((person) => (person.id === id ? { ...person, ...json(), version: person.version + 1 } : person))
        return one(world.people)
      case 'POST people/:id/setup-link':
        return ok({ setup_url: 'https://id.example/set-up/9Zy4', setup_expires_at: nowS() + 86_400 })
      case 'PUT people/:id/photo':
      case 'DELETE people/:id/photo':
        return { status: 204 }
      case 'GET devices':
        return pageOf(world.devices)
      case 'GET devices/:id':
        return one(world.devices)
      case 'POST devices': {
        const device = {
          ...world.devices[0],
          ...json(),
          status: 'registered',
          enrolment: 'open',
          organisation: organisations[1],
          services: [],
        }
        world.devices = [...world.devices, device as never]
        return ok({ device, enrolment_password: 'tulip-anvil-9317-quartz', gateway: gatewayForAgents }, 201)
      }
      case 'PATCH devices/:id':
        world.devices = world.devices.map((device) => (device.id === id ? { ...device, ...json(), version: device.version + 1 } : device))
        return one(world.devices)
      case 'POST devices/:id/suspend':
      case 'POST devices/:id/resume':
      case 'POST devices/:id/revoke':
        world.devices = world.devices.map((device) =>
          device.id === id ? { ...device, status: act === 'resume' ? 'active' : act === 'suspend' ? 'suspended' : 'revoked' } : device,
        )
        return one(world.devices)
      case 'POST devices/:id/bundle':
        return ok(
          { pkcs12: 'MAA=', passphrase: 'f6m1z9q4x7k2w8t3r5v0n6j1hc', certificate_expires_at: 1_800_000_000, gateway: gatewayForAgents },
          201,
        )
      case 'POST devices/:id/enrolment':
        return ok({ enrolment_password: 'maple-orbit-2204-copper', gateway: gatewayForAgents })
      case 'GET grant-requests': {
        const items = query.get('mine') === 'true' ? world.grants : world.grants.map(asAdministrator)
        const shown = items.filter(({ state }) => query.get('open') !== 'true' || state === 'open')
        return ok({ items: shown, next: null, open: world.grants.filter(({ state }) => state === 'open').length })
      }
      case 'POST grant-requests':
        world.grants = [newGrant(json()['about'] ?? null, json()['note'] ?? ''), ...world.grants]
        return ok(world.grants[0], 201)
      case 'GET decisions':
        return ok(decisionsPage(world.decisions, query))
      case 'GET decisions/:id':
        return one(world.decisions.map((decision) => asAsked(decision, query)))
      case 'GET decisions/:id/rules':
        return one(world.decisions.map((decision) => ({ id: decision.id, ...rulesOf(decision) })))
      default:
        return notFound
    }
  }
  const answerApi = async (request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> => {
    const who = /(?:^|; )who=(\w+)/u.exec(request.headers.cookie ?? '')?.[1] ?? ''
    const path = url.pathname.slice('/api/v1'.length)
    if (path === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
      response.write(`: connected\nid: fake-${eventCount}\n\n`)
      streams.add(response)
      streamIds.push(request.headers['last-event-id'] as string | undefined)
      response.on('close', () => streams.delete(response))
      return
    }
    if (request.method === 'GET' && path.endsWith('/photo')) {
      response.writeHead(200, { 'content-type': 'image/svg+xml' }).end(fakePhoto('#5b3a21', '#0b5cad'))
      return
    }
    const body = Buffer.concat(await Array.fromAsync(request as AsyncIterable<Buffer>))
    const heard: FakeRequest = {
      method: request.method ?? '',
      path,
      csrf: request.headers['sallyport-csrf'] as string | undefined,
      type: request.headers['content-type'],
      body,
    }
    requests.push(heard)
    const answer =
      failures.get(`${heard.method} ${path}`) ??
      (heard.method !== 'GET' && heard.csrf !== 'fake-csrf-token'
        ? problem(403, 'csrf', 'Send the header "sallyport-csrf".')
        : route(who, heard, url.searchParams))
    response.writeHead(answer.status, {
      'content-type': answer.status < 400 ? 'application/json' : 'application/problem+json',
      'cache-control': 'no-store',
    })
    response.end(answer.body === undefined ? undefined : JSON.stringify(answer.body))
  }
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://fake.invalid')
    if (url.pathname.startsWith('/api/v1/')) return answerApi(request, response, url)
    if (url.pathname === '/opened-machine')
      return void response
        .writeHead(200, { 'content-type': 'text/html' })
        .end('<!doctype html><title>Machine</title><h1>The machine itself</h1>')
    if (url.pathname === '/auth/sign-in')
      return void response.writeHead(303, { 'set-cookie': 'who=mia; Path=/', location: url.searchParams.get('return_to') ?? '/' }).end()
    if (url.pathname === '/auth/sign-out')
      return void response.writeHead(303, { 'set-cookie': 'who=; Path=/; Max-Age=0', location: '/' }).end()
    return serveBuiltPages(pagesDir, url.pathname, response)
  }
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)))
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    world,
    policy,
    requests,
    failures,
    emit,
    change,
    streamCount: () => streams.size,
    streamIds,
    /** Ends every stream, as a gateway that is started again. */
    endStreams(): void {
      for (const stream of streams) stream.end()
    },
    async close(): Promise<void> {
      for (const stream of streams) stream.destroy()
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
