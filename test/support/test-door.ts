import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { systemClock } from '../../gateway/basics/clock.ts'
import type { Clock } from '../../gateway/basics/clock.ts'
import type { DeviceId } from '../../gateway/basics/ids.ts'
import { silentLogger } from '../../gateway/basics/logger.ts'
import { systemRandom } from '../../gateway/basics/random.ts'
import { openCertificateAuthority } from '../../gateway/pki/certificate-authority.ts'
import type { CertificateAuthority } from '../../gateway/pki/certificate-authority.ts'
import { startServerCertificate } from '../../gateway/pki/server-certificate.ts'
import type { ServerCertificate } from '../../gateway/pki/server-certificate.ts'
import { startTunnelListener } from '../../gateway/tunnels/start-tunnel-listener.ts'
import type { TunnelListener } from '../../gateway/tunnels/start-tunnel-listener.ts'
import type { TunnelLimits } from '../../gateway/tunnels/tunnel-limits.ts'
import { memoryEnrolmentStore } from './memory-enrolment-store.ts'
import type { MemoryEnrolmentStore } from './memory-enrolment-store.ts'
import { enrolTestDevice } from './test-credentials.ts'
import type { TestCredentials } from './test-credentials.ts'
import { dialAsDevice } from './test-device.ts'
import type { StreamHandler, TestDevice, TestDeviceOptions } from './test-device.ts'

/** A real tunnel listener on loopback with an authority of its own and records in memory. */
export interface TestDoor extends AsyncDisposable {
  readonly authority: CertificateAuthority
  readonly certificate: ServerCertificate
  readonly store: MemoryEnrolmentStore
  readonly listener: TunnelListener
  /** Enrols a device by name. */
  enrol(deviceId?: string, lifetimeMs?: number): Promise<TestCredentials>
  /** Dials with these credentials, or without any. */
  dial(
    credentials?: Partial<TestCredentials>,
    options?: Partial<TestDeviceOptions> & { readonly onStream?: StreamHandler },
  ): Promise<TestDevice>
}

export async function openTestDoor(
  options: { readonly limits?: Partial<TunnelLimits>; readonly clock?: Clock; readonly directory?: string } = {},
): Promise<TestDoor> {
  const { limits = {}, clock = systemClock } = options
  const directory = options.directory ?? (await mkdtemp(path.join(tmpdir(), 'sallyport-door-')))
  const authority = await openCertificateAuthority({ directory, trustDomain: 'gateway.test', clock: systemClock, random: systemRandom })
  const certificate = await startServerCertificate({ authority, names: ['localhost'], clock: systemClock, logger: silentLogger })
  const store = memoryEnrolmentStore()
  const listener = await startTunnelListener({
    host: '127.0.0.1',
    port: 0,
    certificate,
    authority,
    admission: store,
    clock,
    logger: silentLogger,
    limits,
    onFirstTunnel: (deviceId, fingerprint, atMs) => store.confirmFirstTunnel(deviceId, fingerprint, atMs),
  })
  const devices = new Set<TestDevice>()
  return {
    authority,
    certificate,
    store,
    listener,
    enrol(name = 'press-1', lifetimeMs = 24 * 60 * 60_000) {
      const deviceId = name as DeviceId
      store.open(deviceId, '0'.repeat(64))
      return enrolTestDevice({ authority, store, deviceId, lifetimeMs })
    },
    async dial(credentials = {}, more = {}) {
      const device = await dialAsDevice({ port: listener.address.port, caPem: authority.bundlePem, ...credentials, ...more })
      devices.add(device)
      return device
    },
    async [Symbol.asyncDispose]() {
      for (const device of devices) device.close()
      certificate.close()
      await listener.close()
      await rm(directory, { recursive: true, force: true })
    },
  }
}
