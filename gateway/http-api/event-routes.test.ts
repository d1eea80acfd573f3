import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { wholeInstallation } from '../basics/scope.ts'
import type { Person } from '../people/person.ts'
import { sessionId } from '../storage/testing/example-records.ts'
import { apiWorld, type Actor, type ApiWorld } from './testing/api-world.ts'

let world: ApiWorld
let tabs: Tab[]
beforeEach(async () => {
  world = await apiWorld()
  tabs = []
})
afterEach(async () => {
  for (const { socket } of tabs) socket.destroy()
  await world[Symbol.asyncDispose]()
})

interface Tab {
  readonly socket: Socket
  received(): string
  until(text: string): Promise<string>
  closed(): Promise<string>
}

/** A browser's tab at the event stream. */
async function open(actor: Actor, headers: Record<string, string> = {}): Promise<Tab> {
  const socket = connect(Number(new URL(await world.listen()).port), '127.0.0.1')
  let text = ''
  let over = false
  socket.on('data', (chunk: Buffer) => (text += chunk.toString())).on('error', () => {})
  socket.on('close', () => (over = true))
  const lines = Object.entries({ ...world.headersOf(actor), ...headers }).map(([name, value]) => `${name}: ${value}`)
  socket.write(['GET /api/v1/events HTTP/1.1', 'host: x', 'connection: close', ...lines, '', ''].join('\r\n'))
  const tab: Tab = {
    socket,
    received: () => text,
    until: async (wanted) => {
      while (!text.includes(wanted)) await once(socket, 'data', { signal: AbortSignal.timeout(5_000) })
      return text
    },
    closed: async () => {
      if (!over) await once(socket, 'close', { signal: AbortSignal.timeout(5_000) })
      return text
    },
  }
  tabs.push(tab)
  return tab
}

const connected = async (actor: Actor, headers?: Record<string, string>): Promise<Tab> => {
  const tab = await open(actor, headers)
  await tab.until(': connected')
  return tab
}

/** A change of facts as an administrator makes it. */
async function change(actor: Exclude<Actor, 'nobody'>, facts: Partial<Person>, reason: 'facts' | 'status' = 'facts'): Promise<void> {
  const person = (await world.storage.people.find(wholeInstallation, world.people[actor].id)) as Person
  await world.storage.people.update(wholeInstallation, { ...person, ...facts, version: person.version + 1 }, [])
  world.peopleChanges.tell(person.id, reason)
}

/** Something happened to this session. */
async function tellSession(name: string): Promise<void> {
  const id = sessionId(name)
  const session = await world.storage.sessions.find(wholeInstallation, id)
  if (session === undefined) throw new Error('no such session')
  world.tellSession(session)
}

describe('the event stream of a person', () => {
  it('shows a session to its technician and to those who see all, and that a machine changed to everybody', async () => {
    const own = await connected('technician')
    const other = await connected('technician elsewhere')
    const office = await connected('security team')
    await tellSession('one')
    await own.until('event: machine')
    await other.until('event: machine')
    await office.until('event: machine')
    expect(own.received()).toMatch(/event: session\ndata: \{"id":"ses_/)
    expect(office.received()).toMatch(/event: session\n/)
    expect(other.received()).not.toContain('event: session')
    expect(other.received()).not.toContain('press-1')
    expect(other.received()).toContain('event: machine\ndata: {}\n')
  })

  it('tells of drafts, and of who has them open, those who may see policies, and nobody else', async () => {
    const office = await connected('auditor')
    const other = await connected('technician')
    const answer = await world.send('security team', { method: 'POST', url: '/api/v1/policy/drafts', payload: { name: 'Regions' } })
    const { id } = answer.json<{ id: string }>()
    await world.send('security team', { method: 'PUT', url: `/api/v1/policy/drafts/${id}/presence`, payload: { path: null } })
    await tellSession('one')
    await other.until('event: machine')
    await office.until('event: machine')
    const { id: by, name } = world.people['security team']
    expect(office.received()).toContain(`event: policy\ndata: ${JSON.stringify({ draft: id, path: null, version: 1, by })}\n`)
    expect(office.received()).toContain(`data: ${JSON.stringify({ draft: id, present: [{ person: { id: by, name }, path: null }] })}\n`)
    expect(other.received()).not.toContain('event: policy')
  })

  it('goes on where another connection ended', async () => {
    const first = await connected('technician')
    await tellSession('one')
    const last = /id: (\S+)\nevent: session/.exec(await first.until('event: machine'))?.[1] as string
    first.socket.destroy()
    await tellSession('one')
    const again = await open('technician', { 'last-event-id': last })
    const missed = await again.until('event: machine')
    expect(missed.match(/event: session/g)).toHaveLength(1)
    const stranger = await open('technician elsewhere', { 'last-event-id': last })
    expect(await stranger.until('event: resync')).not.toContain('event: session')
  })

  it('keeps what one who saw all sessions was shown from him when he sees only his own', async () => {
    const before = await connected('administrator')
    await tellSession('one')
    const last = /id: (\S+)\n\n/.exec(before.received())?.[1] as string
    await before.until('event: machine')
    before.socket.destroy()
    await change('administrator', { roles: ['technician'] })
    const after = await open('administrator', { 'last-event-id': last })
    expect(await after.until('event: resync')).not.toContain('event: session')
  })

  it('keeps it also where the news of it is still on its way', async () => {
    const before = await connected('administrator')
    const last = /id: (\S+)\n\n/.exec(before.received())?.[1] as string
    await tellSession('one')
    await before.until('event: machine')
    before.socket.destroy()
    const person = world.people.administrator
    await world.storage.people.update(wholeInstallation, { ...person, roles: ['technician'], version: person.version + 1 }, [])
    const after = await open('administrator', { 'last-event-id': last })
    expect(await after.until('event: resync')).not.toContain('event: session')
  })

  it('stops showing others’ sessions at once when the role is taken away', async () => {
    const tab = await connected('administrator')
    await change('administrator', { roles: ['technician'] })
    await tab.until('event: me')
    await tellSession('one')
    expect(await tab.until('event: machine')).not.toContain('event: session')
  })

  it('ends in all tabs of a browser that signs out, and in no other', async () => {
    const here = [await connected('technician'), await connected('technician')]
    const colleague = await connected('auditor')
    const answer = await world.send('technician', { method: 'POST', url: '/api/v1/sign-out' })
    expect(answer.json()).toMatchObject({ redirect: 'https://id.example/session/end' })
    expect(String(answer.headers['set-cookie'])).toMatch(/^__Host-sallyport=; .*Expires=Thu, 01 Jan 1970/)
    for (const tab of here) expect(await tab.closed()).toMatch(/event: signed_out\ndata: \{\}\n\n/)
    await tellSession('one')
    await colleague.until('event: session')
    expect(await (await open('technician')).closed()).toMatch(/^HTTP\/1\.1 401 /)
  })

  it('ends when the account is disabled', async () => {
    const tab = await connected('technician')
    await change('technician', { status: 'disabled' }, 'status')
    expect(await tab.closed()).toMatch(/event: signed_out/)
    expect(await (await open('technician')).closed()).toMatch(/^HTTP\/1\.1 401 /)
  })

  it('ends when the password was changed after the sign-in, and goes on for a newer one', async () => {
    const old = await connected('technician')
    world.peopleChanges.tell(world.people.technician.id, 'credentials', { at: world.clock.nowS() - 60 })
    world.peopleChanges.tell(world.people.technician.id, 'signed_out', { providerSession: 'another' })
    await tellSession('one')
    await old.until('event: session')
    world.peopleChanges.tell(world.people.technician.id, 'credentials', { at: world.clock.nowS() })
    expect(await old.closed()).toMatch(/event: signed_out/)
  })

  it('ends with the sign-in that opened it', async () => {
    const tab = await connected('technician')
    world.clock.advance(7_200_000)
    expect(await tab.closed()).toMatch(/event: signed_out/)
  })

  it('takes 20 connections of one person and refuses the next; one that ends makes room', async () => {
    for (let n = 0; n < 20; n += 1) await connected('technician')
    const refused = await (await open('technician')).closed()
    expect(refused).toMatch(/^HTTP\/1\.1 429 /)
    expect(refused).toMatch(/too_many_streams.*Close some tabs|Close some tabs.*too_many_streams/s)
    await connected('auditor')
    tabs[0]?.socket.destroy()
    await expect.poll(async () => (await open('technician')).until('HTTP').then((text) => text.slice(9, 12))).toBe('200')
  })

  it('is over when the gateway stops, and takes nobody new', async () => {
    const tab = await connected('technician')
    await world.api.drain()
    await tab.closed()
    expect(await (await open('technician')).closed()).toMatch(/^HTTP\/1\.1 503 .*stopping/s)
  })
})
