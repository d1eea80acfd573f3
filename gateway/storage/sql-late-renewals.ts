import { isCodedError } from '../basics/coded-error.ts'
import type { DeviceId } from '../basics/ids.ts'
import type { WriteRefusal, WriteStatement } from '../database/database.ts'
import type { CertificateStanding } from '../devices/device-admission.ts'
import { deviceActor } from '../ledger/event.ts'
import type { EventType, NewEvent } from '../ledger/event.ts'
import type { LateOrder, LateRenewal, LateRenewalStore } from '../pki/late-renewal-store.ts'
import { unknown } from './refusals.ts'
import type { LateRenewalRow } from './schema.ts'
import { certificateOf, certificateStatement, keyTaken } from './sql-enrolment-store.ts'
import { change } from './storage-context.ts'
import type { StorageContext } from './storage-context.ts'

const overtaken: WriteRefusal = { code: 'renewal_overtaken', message: 'Something changed meanwhile.', remedy: 'conflict' }

export function createSqlLateRenewals(context: StorageContext): LateRenewalStore {
  const { read } = context.database

  async function findMany(deviceIds: readonly DeviceId[]): Promise<Map<DeviceId, LateRenewal>> {
    if (deviceIds.length === 0) return new Map()
    const rows = await read
      .selectFrom('late_renewals')
      .selectAll()
      .where('device_id', 'in', [...deviceIds])
      .execute()
    return new Map(rows.map((row) => [row.device_id as DeviceId, renewalOf(row)]))
  }

  return {
    findMany,
    find: async (deviceId) => (await findMany([deviceId])).get(deviceId),

    async newest(deviceId) {
      const query = read.selectFrom('certificates').selectAll().where('device_id', '=', deviceId).orderBy('position', 'desc').limit(1)
      const row = await query.executeTakeFirst()
      return row && { ...certificateOf(row), standing: row.standing as CertificateStanding }
    },

    async noteWaiting({ deviceId, certificate, publicKeyFingerprint, endedAt }) {
      const detail = { certificate, ended_at: Math.floor(endedAt / 1000), public_key: publicKeyFingerprint }
      await change(context, [], [event('renewal.waiting', deviceId, detail)])
    },

    async decide(renewal, events) {
      await change(context, [decisionStatement(renewal)], events)
    },

    async renew(order) {
      const { certificate, ended } = order
      const { deviceId, fingerprint, serial, publicKeyFingerprint, notAfter } = certificate
      const detail = {
        certificate: fingerprint,
        confirmed: order.confirmedSince !== null,
        ended_at: Math.floor(ended.notAfter / 1000),
        ended_certificate: ended.fingerprint,
        not_after: Math.floor(notAfter / 1000),
        public_key: publicKeyFingerprint,
        serial,
      }
      const statements = [stillHolds(order), certificateStatement(certificate), useUp(order)]
      try {
        await change(context, statements, [event('certificate.renewed_late', deviceId, detail)])
        return 'renewed'
      } catch (error) {
        if (isCodedError(error, keyTaken.code)) return 'public_key_taken'
        if (isCodedError(error, overtaken.code)) return 'overtaken'
        throw error
      }
    },
  }
}

/** What was judged holds at the moment in which it is written: device in service, the certificate its own, no newer one. */
function stillHolds({ certificate: { deviceId }, ended, newest }: LateOrder): WriteStatement {
  const sql = `SELECT 1 FROM certificates
    JOIN devices ON devices.id = certificates.device_id AND devices.status = 'active'
    WHERE certificates.fingerprint = ?1 AND certificates.device_id = ?2 AND certificates.standing = 'current'
    AND (SELECT newest.fingerprint FROM certificates AS newest WHERE newest.device_id = ?2 ORDER BY newest.position DESC LIMIT 1) = ?3`
  return { query: { sql, parameters: [ended.fingerprint, deviceId, newest] }, expect: { changes: 1, otherwise: overtaken } }
}

/** The row says `renewed` from now on: a confirmation serves once, and a refusal is not written over. */
function useUp({ certificate: { deviceId, publicKeyFingerprint }, ended, confirmedSince, atMs }: LateOrder): WriteStatement {
  const expect = { changes: 1, otherwise: overtaken }
  if (confirmedSince !== null) {
    const sql = `UPDATE late_renewals SET standing = 'renewed', decided_at = ?1
      WHERE device_id = ?2 AND certificate = ?3 AND public_key_fingerprint = ?4 AND standing = 'confirmed' AND decided_at >= ?5`
    return { query: { sql, parameters: [atMs, deviceId, ended.fingerprint, publicKeyFingerprint, confirmedSince] }, expect }
  }
  const sql = `INSERT INTO late_renewals
    (device_id, organisation_id, certificate, public_key_fingerprint, standing, by_person, ended_at, decided_at)
    SELECT ?1, (SELECT organisation_id FROM devices WHERE id = ?1), ?2, ?3, 'renewed', 0, ?4, ?5 WHERE true
    ON CONFLICT (device_id) DO UPDATE SET certificate = excluded.certificate, public_key_fingerprint = excluded.public_key_fingerprint,
    standing = excluded.standing, by_person = 0, ended_at = excluded.ended_at, decided_at = excluded.decided_at
    WHERE late_renewals.standing <> 'refused' OR late_renewals.certificate <> excluded.certificate`
  return { query: { sql, parameters: [deviceId, ended.fingerprint, publicKeyFingerprint, ended.notAfter, atMs] }, expect }
}

function decisionStatement(renewal: LateRenewal): WriteStatement {
  const { deviceId, certificate, publicKeyFingerprint, standing, byPerson, endedAt, decidedAt } = renewal
  const sql = `INSERT INTO late_renewals
    (device_id, organisation_id, certificate, public_key_fingerprint, standing, by_person, ended_at, decided_at)
    SELECT ?1, (SELECT organisation_id FROM devices WHERE id = ?1), ?2, ?3, ?4, ?5, ?6, ?7 WHERE true
    ON CONFLICT (device_id) DO UPDATE SET certificate = excluded.certificate, public_key_fingerprint = excluded.public_key_fingerprint,
    standing = excluded.standing, by_person = excluded.by_person, ended_at = excluded.ended_at, decided_at = excluded.decided_at`
  const parameters = [deviceId, certificate, publicKeyFingerprint, standing, byPerson ? 1 : 0, endedAt, decidedAt]
  return { query: { sql, parameters }, missing: unknown('device') }
}

const event = (type: EventType, deviceId: DeviceId, detail: NewEvent['detail']): NewEvent => ({
  log: { kind: 'g', device: deviceId },
  type,
  session: null,
  actor: deviceActor(deviceId),
  detail,
})

function renewalOf(row: LateRenewalRow): LateRenewal {
  return {
    deviceId: row.device_id as DeviceId,
    certificate: row.certificate,
    publicKeyFingerprint: row.public_key_fingerprint,
    standing: row.standing as LateRenewal['standing'],
    byPerson: row.by_person === 1,
    endedAt: row.ended_at,
    decidedAt: row.decided_at,
  }
}
