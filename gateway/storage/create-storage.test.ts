import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import type { ServiceName } from '../basics/ids.ts'
import type { Scope } from '../basics/scope.ts'
import { scopeOf, wholeInstallation } from '../basics/scope.ts'
import type { SqlQuery } from '../database/database.ts'
import { accessActions } from '../decisions/decision-input.ts'
import { eventTypes, sealed, technician } from '../ledger/event.ts'
import type { CertificateRecord } from '../pki/enrolment-store.ts'
import { endReasons, sessionStates } from '../sessions/session.ts'
import type { Storage } from './create-storage.ts'
import {
  deviceEvent,
  deviceId,
  exampleDecision,
  exampleDevice,
  examplePerson,
  exampleSession,
  exampleSignIn,
  organisationEvent,
  organisationId,
  personId,
  sessionId,
  storeExamples,
} from './testing/example-records.ts'
import { migrations } from './migrations.ts'
import { installationOwner } from './storage-context.ts'
import { temporaryStorage } from './testing/temporary-storage.ts'

const first = { limit: 200, after: null }
const query = (sql: string, ...parameters: unknown[]): { query: SqlQuery } => ({ query: { sql, parameters } })

describe('events in the database', () => {
  it('are rows with the members of a ledger entry', async () => {
    await using temporary = await temporaryStorage()
    const { storage, database, clock, boot } = temporary
    await storeExamples(storage)
    clock.advance(1_500)
    await storage.events.append([deviceEvent('press-1')])
    clock.jumpWallClock(-60_000)
    await storage.events.append([
      deviceEvent('press-1', { session: sessionId('s'), actor: technician(personId('Ada')), detail: { b: sealed('Ö'), a: 1 } }),
    ])
    const rows = await database.read.selectFrom('events').selectAll().execute()
    const values = await database.read.selectFrom('event_values').selectAll().execute()
    const hashOf = (value: string): string | undefined => values.find((row) => row.value === value)?.hash
    expect(rows[0]).toMatchObject({ log_kind: 'g', log_id: 'press-1', organisation_id: organisationId('north'), seq: 0, boot, mono: 1_500 })
    expect(rows[1]).toMatchObject({
      seq: 1,
      time_ms: clock.nowMs(),
      mono: 1_500,
      session: sessionId('s').slice(4),
      actor_kind: 'technician',
      actor_id: JSON.stringify({ sealed: hashOf(personId('Ada')) }),
      detail: `{"a":1,"b":{"sealed":"${hashOf('Ö')}"}}`,
    })
    expect(values.length).toBe(2)
    for (const { hash, salt, value } of values) {
      const bytes = Buffer.from(salt as string, 'base64')
      expect(bytes.length).toBe(16)
      expect(
        createHash('sha256')
          .update(bytes)
          .update(value as string, 'utf8')
          .digest('base64'),
      ).toBe(hash)
    }
  })

  it('are never changed or deleted; their values can only be erased', async () => {
    await using temporary = await temporaryStorage()
    const { storage, database } = temporary
    await storeExamples(storage)
    await storage.events.append([deviceEvent('press-1', { actor: technician(personId('Ada')), detail: { name: sealed('Ada') } })])
    await storage.decisionLog.append(exampleDecision('d', { evaluatedAt: Date.now() }))
    await storage.sessions.insert(exampleSession('s'), [])
    for (const sql of [
      "UPDATE events SET detail = '{}'",
      'UPDATE events SET seq = 5',
      'DELETE FROM events',
      "UPDATE event_values SET value = 'x'",
      "UPDATE event_values SET value = NULL, salt = NULL, hash = 'x'",
      'DELETE FROM event_values',
      'UPDATE decisions SET allow = 0',
      'DELETE FROM decisions',
      'DELETE FROM sessions',
      'INSERT OR REPLACE INTO events SELECT * FROM events',
      'INSERT OR REPLACE INTO decisions SELECT * FROM decisions',
    ]) {
      await expect(database.write([query(sql)]), sql).rejects.toMatchObject({ code: 'constraint_violated' })
    }
    await database.write([query('UPDATE event_values SET value = NULL, salt = NULL')])
    const { items } = await storage.events.list(wholeInstallation, {}, first)
    expect(items[0]).toMatchObject({ actor: { kind: 'technician', id: null }, detail: { name: null } })
  })

  it('take every type of the list', async () => {
    await using temporary = await temporaryStorage()
    const { storage } = temporary
    await storeExamples(storage)
    await storage.events.append(eventTypes.map((type) => organisationEvent('north', type)))
    expect((await storage.events.list(wholeInstallation, {}, first)).items.map(({ type }) => type)).toEqual(eventTypes.toReversed())
  })

  it('come with enrolment and renewal', async () => {
    await using temporary = await temporaryStorage()
    const { storage } = temporary
    await storeExamples(storage)
    const id = deviceId('fresh')
    await storage.devices.insert(exampleDevice('fresh', { status: 'registered' }), [])
    await storage.enrolments.open(id, 'a'.repeat(64), [deviceEvent('fresh', { type: 'enrolment.opened' })])
    const certificate = (name: string): CertificateRecord => ({
      deviceId: id,
      fingerprint: name.repeat(64),
      serial: name,
      publicKeyFingerprint: name,
      pem: name,
      notBefore: 1,
      notAfter: 1_999_999,
    })
    await storage.enrolments.claim(id, 'a', certificate('a'))
    await storage.enrolments.claim(id, 'b', certificate('b'))
    await storage.enrolments.addCertificate(certificate('c'))
    await storage.enrolments.lock(id, 'another key')
    await storage.enrolments.lock(id, 'another key')
    const { items } = await storage.events.list(wholeInstallation, { device: id }, first)
    expect(items.map(({ type }) => type)).toEqual(['enrolment.locked', 'certificate.renewed', 'enrolment.completed', 'enrolment.opened'])
    expect(items[2]?.detail).toEqual({ certificate: 'a'.repeat(64), not_after: 1999, public_key: 'a', serial: 'a' })
    expect(await storage.devices.find(wholeInstallation, id)).toMatchObject({ status: 'active', version: 2 })
  })

  it('let no suspended or revoked device enrol', async () => {
    await using temporary = await temporaryStorage()
    const { storage } = temporary
    await storeExamples(storage)
    const id = deviceId('press-1')
    const certificate = {
      deviceId: id,
      fingerprint: 'f'.repeat(64),
      serial: '1',
      publicKeyFingerprint: 'k',
      pem: 'p',
      notBefore: 1,
      notAfter: 2,
    }
    await storage.enrolments.open(id, 'a'.repeat(64), [])
    for (const [index, status] of (['suspended', 'revoked'] as const).entries()) {
      await storage.devices.update(wholeInstallation, exampleDevice('press-1', { status, version: index + 2 }), [])
      expect(await storage.enrolments.claim(id, 'k', certificate)).toEqual({ outcome: 'not_open' })
      expect(await storage.admission.findByCertificate(id, certificate.fingerprint)).toMatchObject({
        device: status,
        certificate: 'unknown',
      })
    }
  })
})

/** Every method that takes a scope, on what belongs to `north`. A method that is missing here fails the test below. */
const scopedMethods: Record<string, (storage: Storage, scope: Scope) => Promise<unknown>> = {
  'devices.find': ({ devices }, scope) => devices.find(scope, deviceId('press-1')),
  'devices.findMany': async ({ devices }, scope) => (await devices.findMany(scope, [deviceId('press-1')]))[0],
  'devices.list': async ({ devices }, scope) => (await devices.list(scope, { search: 'press-1' }, first)).items[0],
  'devices.update': async ({ devices }, scope) => {
    const device = await devices.find(wholeInstallation, deviceId('press-1'))
    const owner = scope.kind === 'organisation' ? scope.id : organisationId('north')
    await devices.update(scope, exampleDevice('press-1', { organisationId: owner, version: (device?.version ?? 0) + 1 }), [])
    return 'changed'
  },
  'people.find': ({ people }, scope) => people.find(scope, personId('Ada')),
  'people.findMany': async ({ people }, scope) => (await people.findMany(scope, [personId('Ada')]))[0],
  'people.list': async ({ people }, scope) => (await people.list(scope, { search: 'ada' }, first)).items[0],
  'people.update': async ({ people }, scope) => {
    const person = await people.find(wholeInstallation, personId('Ada'))
    const owner = scope.kind === 'organisation' ? scope.id : organisationId('north')
    await people.update(scope, examplePerson('Ada', { organisationId: owner, version: (person?.version ?? 0) + 1 }), [])
    return 'changed'
  },
  'people.findOrganisation': ({ people }, scope) => people.findOrganisation(scope, organisationId('north')),
  'people.listOrganisations': async ({ people }, scope) => (await people.listOrganisations(scope)).find(({ name }) => name === 'north'),
  'sessions.find': ({ sessions }, scope) => sessions.find(scope, sessionId('s')),
  'sessions.list': async ({ sessions }, scope) => (await sessions.list(scope, {}, first)).items[0],
  'decisionLog.list': async ({ decisionLog }, scope) => (await decisionLog.list(scope, {}, { limit: 200 })).items[0],
  'decisionLog.walk': async ({ decisionLog }, scope) => (await decisionLog.walk(scope, {}, { limit: 200 })).items[0],
  'decisionLog.get': async ({ decisionLog }, scope) => (await decisionLog.get(scope, exampleDecision('d').id)) ?? undefined,
  'events.list': async ({ events }, scope) => (await events.list(scope, {}, first)).items[0],
}

describe('scopes', () => {
  it.each(Object.entries(scopedMethods))('%s sees its own and nothing of another organisation', async (_, call) => {
    await using temporary = await temporaryStorage()
    const { storage } = temporary
    await storeExamples(storage)
    await storage.sessions.insert(exampleSession('s'), [deviceEvent('press-1')])
    await storage.decisionLog.append(exampleDecision('d'))
    expect(await call(storage, wholeInstallation)).toBeDefined()
    expect(await call(storage, scopeOf(organisationId('north')))).toBeDefined()
    const outcome = await call(storage, scopeOf(organisationId('south'))).catch((error: { code: string }) => error.code)
    expect([undefined, 'stale_version']).toContain(outcome)
    expect(await storage.devices.find(wholeInstallation, deviceId('press-1'))).toMatchObject({ organisationId: organisationId('north') })
  })

  it('are in every method whose port has one', async () => {
    await using temporary = await temporaryStorage()
    const scoped: string[] = []
    for (const room of ['devices', 'people', 'sessions', 'events', 'decisionLog'] as const) {
      for (const [name, method] of Object.entries(temporary.storage[room])) {
        if (/^\s*(async )?\w*\(scope\b/.test(String(method))) scoped.push(`${room}.${name}`)
      }
    }
    expect(scoped.toSorted()).toEqual(Object.keys(scopedMethods).toSorted())
  })
})

describe('the schema', () => {
  it('has an owner in every row of every table', async () => {
    await using temporary = await temporaryStorage()
    const tables = await temporary.database.read.introspection.getTables()
    const without = tables.filter(({ columns }) => !columns.some(({ name }) => name === 'organisation_id')).map(({ name }) => name)
    expect(without.filter((name) => !name.startsWith('sqlite_'))).toEqual(['schema_migrations'])
  })

  it('is strict about types in every table, and every commit is on the disk', async () => {
    await using temporary = await temporaryStorage()
    const { read } = temporary.database
    const tables = await sql<{ name: string; strict: number }>`SELECT name, strict FROM pragma_table_list WHERE type = 'table'`.execute(
      read,
    )
    const loose = tables.rows.filter(({ name, strict }) => strict === 0 && !name.startsWith('sqlite_'))
    expect([tables.rows.length > 15, loose]).toEqual([true, []])
    const [mode, synchronous] = await temporary.database.write([query('PRAGMA journal_mode'), query('PRAGMA synchronous')])
    expect([mode?.rows, synchronous?.rows]).toEqual([[{ journal_mode: 'wal' }], [{ synchronous: 2 }]])
  })

  it('has an organisation that is there, or the installation, as the owner of every row', async () => {
    await using temporary = await temporaryStorage()
    const { storage, database } = temporary
    await storeExamples(storage)
    const origin = { label: 'a'.repeat(26), sessionId: sessionId('s'), service: 'hmi' as ServiceName, createdAt: 1 }
    await storage.sessions.insert(exampleSession('s'), [deviceEvent('press-1', { detail: { name: sealed('Ada') } })])
    await storage.accessOrigins.create(origin)
    await storage.accessOrigins.addCode({ hash: 'code', label: origin.label, signIn: 'one', expiresAt: 1 })
    await storage.accessOrigins.addCookie({ hash: 'cookie', label: origin.label, signIn: 'one', createdAt: 1 })
    await storage.signIns.insert(exampleSignIn('a'), [])
    const { input } = exampleDecision('d')
    // Policy reads names of organisations, as `sessions` gives them.
    const asPolicyReadsIt = (id: string) => ({ input: { ...input, device: { ...input.device, id, organisation: 'North Ltd.' } } })
    await storage.decisionLog.append(exampleDecision('d', asPolicyReadsIt('press-1')))
    await storage.decisionLog.append(exampleDecision('e', asPolicyReadsIt('nobody')))
    const owners: string[] = []
    for (const { name, columns } of await database.read.introspection.getTables()) {
      if (!columns.some((column) => column.name === 'organisation_id')) continue
      const rows = await sql<{ owner: string }>`SELECT organisation_id AS owner FROM ${sql.table(name)}`.execute(database.read)
      owners.push(...rows.rows.map(({ owner }) => `${name} ${owner}`))
    }
    const known = [organisationId('north'), organisationId('south'), installationOwner]
    expect(owners.filter((row) => !known.some((owner) => row.endsWith(` ${owner}`)))).toEqual([])
    expect(owners).toEqual(expect.arrayContaining([`decisions ${organisationId('north')}`, `decisions ${installationOwner}`]))
  })

  it('knows the same closed lists as the program', () => {
    const text = migrations
      .flatMap(({ statements }) => statements)
      .join('\n')
      .replaceAll(/\s+/g, ' ')
    const list = (column: string): string[][] =>
      [...text.matchAll(new RegExp(`${column} IN \\(([^)]*)\\)`, 'g'))].map(([, items]) =>
        (items ?? '').split(',').map((item) => item.trim().slice(1, -1)),
      )
    expect(list('end_reason')[0]).toEqual([...endReasons])
    expect(list('CHECK \\(state')[0]).toEqual([...sessionStates])
    expect(list('action')[0]).toEqual([...accessActions])
  })
})

describe('size', () => {
  it('lists, filters and searches ten thousand devices fast', async () => {
    await using temporary = await temporaryStorage()
    const { storage } = temporary
    await storeExamples(storage)
    await Promise.all(
      Array.from({ length: 10_000 - 2 }, (_, n) =>
        storage.devices.insert(exampleDevice(`d-${n}`, { name: `Press ${(n * 7919) % 10_000}`, region: `region-${n % 50}` }), [
          deviceEvent(`d-${n}`),
        ]),
      ),
    )
    const time = async (run: () => Promise<unknown>): Promise<number> => {
      const times: number[] = []
      for (let round = 0; round < 5; round++) {
        const start = performance.now()
        await run()
        times.push(performance.now() - start)
      }
      return Math.min(...times)
    }
    const middle = (await storage.devices.list(wholeInstallation, { search: 'press 5' }, { limit: 50, after: null })).next
    expect(await time(() => storage.devices.list(wholeInstallation, {}, { limit: 50, after: middle }))).toBeLessThan(20)
    expect(await time(() => storage.devices.list(scopeOf(organisationId('south')), {}, { limit: 50, after: null }))).toBeLessThan(20)
    expect(await time(() => storage.devices.list(wholeInstallation, { region: 'region-7' }, { limit: 50, after: null }))).toBeLessThan(20)
    expect(
      await time(() => storage.devices.list(wholeInstallation, { search: 'matches nothing' }, { limit: 50, after: null })),
    ).toBeLessThan(100)
  })

  it('takes ten thousand decisions of one list at once', async () => {
    await using temporary = await temporaryStorage()
    const { decisionLog } = temporary.storage
    const decisions = Array.from({ length: 10_000 }, (_, n) => exampleDecision(`d${n}`))
    const start = performance.now()
    await decisionLog.appendMany(decisions)
    expect(performance.now() - start).toBeLessThan(5_000)
    expect((await decisionLog.list(wholeInstallation, {}, { limit: 1 })).items[0]?.id).toBe(exampleDecision('d9999').id)
  })
})
