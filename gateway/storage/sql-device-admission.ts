import type { AdmissionRecord, CertificateStanding, DeviceAdmission, DeviceStanding } from '../devices/device-admission.ts'
import type { StorageContext } from './storage-context.ts'

export function createSqlDeviceAdmission({ database }: Pick<StorageContext, 'database'>): DeviceAdmission {
  return {
    async findByCertificate(deviceId, fingerprintSha256) {
      const device = await database.read.selectFrom('devices').select('status').where('id', '=', deviceId).executeTakeFirst()
      const certificate = await database.read
        .selectFrom('certificates')
        .select(['standing', 'not_after'])
        .where('fingerprint', '=', fingerprintSha256)
        .where('device_id', '=', deviceId)
        .executeTakeFirst()
      return {
        device: standingOf(device?.status),
        certificate: (certificate?.standing ?? 'unknown') as CertificateStanding,
        notAfter: certificate?.not_after ?? 0,
      } satisfies AdmissionRecord
    },
  }
}

/** A device that is only registered has no certificate: one that shows one is nobody we know. */
function standingOf(status: string | undefined): DeviceStanding {
  return status === 'active' || status === 'suspended' || status === 'revoked' ? status : 'unknown'
}
