import { isCodedError } from '../basics/coded-error.ts'
import type { DeviceId } from '../basics/ids.ts'
import type { WriteRefusal, WriteStatement } from '../database/database.ts'
import { deviceActor, gatewayActor } from '../ledger/event.ts'
import type { NewEvent } from '../ledger/event.ts'
import type { EnrolmentSummary } from '../pki/enrolment-administration.ts'
import type { CertificateRecord, ClaimOutcome, EnrolmentRecord, EnrolmentState, EnrolmentStore } from '../pki/enrolment-store.ts'
import type { BundleStore } from '../pki/issue-bundle.ts'
import { exists, unknown } from './refusals.ts'
import type { CertificateRow, EnrolmentRow } from './schema.ts'
import { change } from './storage-context.ts'
import type { StorageContext } from './storage-context.ts'

/** What administrators do; {@link EnrolmentStore} is what machines do. */
export interface EnrolmentOpening {
  /**
   * Opens the enrolment of a device with a new one-time password, whatever state it was in; the password before is dead.
   *
   * @throws CodedError `unknown_device`
   */
  open(deviceId: DeviceId, passwordHash: string, events: readonly NewEvent[]): Promise<void>
  /** A person compared this key with the machine's. @throws CodedError `enrolment_not_open` */
  confirmKey(deviceId: DeviceId, publicKeyFingerprint: string, events: readonly NewEvent[]): Promise<void>
  /** Of those that have an enrolment. */
  summaries(deviceIds: readonly DeviceId[]): Promise<ReadonlyMap<DeviceId, EnrolmentSummary>>
}

const notOpen: WriteRefusal = { code: 'enrolment_not_open', message: 'The enrolment is not open.', remedy: 'conflict' }
export const keyTaken: WriteRefusal = { code: 'public_key_taken', message: 'Another device has this key.', remedy: 'conflict' }

export function createSqlEnrolmentStore(context: StorageContext): EnrolmentStore & EnrolmentOpening & BundleStore {
  const { read } = context.database

  async function find(deviceId: DeviceId): Promise<EnrolmentRecord | undefined> {
    const row = await read.selectFrom('enrolments').selectAll().where('device_id', '=', deviceId).executeTakeFirst()
    return row && enrolmentOf(row)
  }

  return {
    find,

    async open(deviceId, passwordHash, events) {
      await change(context, [openStatement(context, deviceId, passwordHash)], events)
    },

    async issueBundle(certificate, passwordHash, events) {
      const { deviceId, publicKeyFingerprint, pem } = certificate
      const statements = [
        openStatement(context, deviceId, passwordHash),
        claimStatement(context, deviceId, publicKeyFingerprint, pem),
        certificateStatement(certificate),
        activateStatement(context, deviceId),
      ]
      await change(context, statements, events)
    },

    async summaries(deviceIds) {
      if (deviceIds.length === 0) return new Map()
      const rows = await read
        .selectFrom('enrolments')
        .select((eb) => [
          'device_id',
          'state',
          eb
            .selectFrom('certificates')
            .select((inner) => inner.fn.max('not_after').as('not_after'))
            .whereRef('certificates.device_id', '=', 'enrolments.device_id')
            .where('standing', '=', 'current')
            .as('not_after'),
        ])
        .where('device_id', 'in', [...deviceIds])
        .execute()
      return new Map(
        rows.map((row) => [
          row.device_id as DeviceId,
          { state: row.state as EnrolmentState, certificateExpiresAt: row.not_after === null ? null : Math.floor(row.not_after / 1000) },
        ]),
      )
    },

    async claim(deviceId, publicKeyFingerprint, certificate) {
      const statements = [
        claimStatement(context, deviceId, publicKeyFingerprint, certificate.pem),
        certificateStatement(certificate),
        activateStatement(context, deviceId),
      ]
      try {
        await change(context, statements, [enrolmentEvent('enrolment.completed', certificate)])
        return { outcome: 'claimed' }
      } catch (error) {
        if (isCodedError(error, keyTaken.code)) return { outcome: 'public_key_taken' }
        if (!isCodedError(error, notOpen.code)) throw error
        return outcomeOf(await find(deviceId))
      }
    },

    async isKeyConfirmed({ deviceId, passwordHash }, publicKeyFingerprint) {
      const row = await read
        .selectFrom('enrolment_confirmations')
        .select('public_key_fingerprint')
        .where('device_id', '=', deviceId)
        .where('password_hash', '=', passwordHash)
        .executeTakeFirst()
      return row?.public_key_fingerprint === publicKeyFingerprint
    },

    async confirmKey(deviceId, publicKeyFingerprint, events) {
      const sql = `INSERT INTO enrolment_confirmations (device_id, organisation_id, password_hash, public_key_fingerprint)
        SELECT device_id, organisation_id, password_hash, ? FROM enrolments WHERE device_id = ? AND state = 'open'
        ON CONFLICT (device_id, password_hash) DO UPDATE SET public_key_fingerprint = excluded.public_key_fingerprint`
      const query = { sql, parameters: [publicKeyFingerprint, deviceId] }
      await change(context, [{ query, expect: { changes: 1, otherwise: notOpen } }], events)
    },

    async lock(deviceId, reason) {
      const query = read
        .updateTable('enrolments')
        .set({ state: 'locked', lock_reason: reason })
        .where('device_id', '=', deviceId)
        .where('state', '<>', 'locked')
        .compile()
      const event: NewEvent = {
        log: { kind: 'g', device: deviceId },
        type: 'enrolment.locked',
        session: null,
        actor: gatewayActor,
        detail: { reason },
      }
      try {
        await change(context, [{ query, expect: { changes: 1, otherwise: notOpen } }], [event])
      } catch (error) {
        // Locked already, or never opened: there is nothing to lock, and nothing to record.
        if (!isCodedError(error, notOpen.code)) throw error
      }
    },

    async confirmFirstTunnel(deviceId, fingerprint, atMs) {
      await change(context, confirmStatements(context, deviceId, fingerprint, atMs))
    },

    async addCertificate(certificate) {
      try {
        await change(context, [certificateStatement(certificate)], [enrolmentEvent('certificate.renewed', certificate)])
        return 'added'
      } catch (error) {
        if (isCodedError(error, keyTaken.code)) return 'public_key_taken'
        throw error
      }
    },

    async findCertificate(fingerprint) {
      const row = await read.selectFrom('certificates').selectAll().where('fingerprint', '=', fingerprint).executeTakeFirst()
      return row && certificateOf(row)
    },
  }
}

function openStatement({ database }: StorageContext, deviceId: DeviceId, passwordHash: string): WriteStatement {
  const fresh = {
    password_hash: passwordHash,
    state: 'open',
    public_key_fingerprint: null,
    certificate_pem: null,
    first_tunnel_at: null,
    lock_reason: null,
  }
  const query = database.read
    .insertInto('enrolments')
    .values((eb) => ({
      ...fresh,
      device_id: deviceId,
      organisation_id: eb.selectFrom('devices').select('organisation_id').where('id', '=', deviceId),
    }))
    .onConflict((conflict) => conflict.column('device_id').doUpdateSet(fresh))
    .compile()
  return { query, missing: unknown('device') }
}

/** A device that was suspended or revoked does not enrol, whatever its password. */
function claimStatement({ database }: StorageContext, deviceId: DeviceId, key: string, pem: string): WriteStatement {
  const query = database.read
    .updateTable('enrolments')
    .set({ state: 'used', public_key_fingerprint: key, certificate_pem: pem })
    .where('device_id', '=', deviceId)
    .where('state', '=', 'open')
    .where((eb) =>
      eb.exists(eb.selectFrom('devices').select('id').where('id', '=', deviceId).where('status', 'in', ['registered', 'active'])),
    )
    .compile()
  return { query, expect: { changes: 1, otherwise: notOpen } }
}

export function certificateStatement(certificate: CertificateRecord): WriteStatement {
  const { fingerprint, deviceId, serial, publicKeyFingerprint, pem, notBefore, notAfter } = certificate
  const sql = `INSERT INTO certificates
    (fingerprint, organisation_id, device_id, serial, public_key_fingerprint, pem, not_before, not_after, standing)
    SELECT ?1, (SELECT organisation_id FROM devices WHERE id = ?2), ?2, ?3, ?4, ?5, ?6, ?7, 'current'
    WHERE NOT EXISTS (SELECT 1 FROM certificates WHERE public_key_fingerprint = ?4 AND device_id <> ?2)`
  return {
    query: { sql, parameters: [fingerprint, deviceId, serial, publicKeyFingerprint, pem, notBefore, notAfter] },
    expect: { changes: 1, otherwise: keyTaken },
    unique: exists('certificate'),
    missing: unknown('device'),
  }
}

function activateStatement({ database }: StorageContext, deviceId: DeviceId): WriteStatement {
  const query = database.read
    .updateTable('devices')
    .set((eb) => ({ status: 'active', version: eb('version', '+', 1) }))
    .where('id', '=', deviceId)
    .where('status', '=', 'registered')
    .compile()
  return { query }
}

function confirmStatements({ database }: StorageContext, deviceId: DeviceId, fingerprint: string, atMs: number): WriteStatement[] {
  const position = `(SELECT position FROM certificates WHERE fingerprint = ? AND device_id = ?)`
  const firstTunnel = database.read
    .updateTable('enrolments')
    .set({ first_tunnel_at: atMs })
    .where('device_id', '=', deviceId)
    .where('state', '=', 'used')
    .where('first_tunnel_at', 'is', null)
    .where((eb) =>
      eb.exists(
        eb
          .selectFrom('certificates')
          .select('position')
          .where('fingerprint', '=', fingerprint)
          .whereRef('certificates.public_key_fingerprint', '=', 'enrolments.public_key_fingerprint')
          .whereRef('certificates.device_id', '=', 'enrolments.device_id'),
      ),
    )
    .compile()
  const supersede = {
    sql: `UPDATE certificates SET standing = 'superseded' WHERE device_id = ? AND standing = 'current' AND position < ${position}`,
    parameters: [deviceId, fingerprint, deviceId],
  }
  return [{ query: firstTunnel }, { query: supersede }]
}

function outcomeOf(record: EnrolmentRecord | undefined): ClaimOutcome {
  return record?.state === 'used' ? { outcome: 'exists', record } : { outcome: 'not_open' }
}

function enrolmentEvent(type: 'enrolment.completed' | 'certificate.renewed', certificate: CertificateRecord): NewEvent {
  const { deviceId, fingerprint, serial, publicKeyFingerprint, notAfter } = certificate
  return {
    log: { kind: 'g', device: deviceId },
    type,
    session: null,
    actor: deviceActor(deviceId),
    detail: { certificate: fingerprint, not_after: Math.floor(notAfter / 1000), public_key: publicKeyFingerprint, serial },
  }
}

function enrolmentOf(row: EnrolmentRow): EnrolmentRecord {
  return {
    deviceId: row.device_id as DeviceId,
    passwordHash: row.password_hash,
    state: row.state as EnrolmentState,
    publicKeyFingerprint: row.public_key_fingerprint,
    certificatePem: row.certificate_pem,
    firstTunnelAt: row.first_tunnel_at,
  }
}

export function certificateOf(row: Omit<CertificateRow, 'position'>): CertificateRecord {
  return {
    deviceId: row.device_id as DeviceId,
    fingerprint: row.fingerprint,
    serial: row.serial,
    publicKeyFingerprint: row.public_key_fingerprint,
    pem: row.pem,
    notBefore: row.not_before,
    notAfter: row.not_after,
  }
}
