import { constants } from 'node:crypto'
import type { AddressInfo, Socket } from 'node:net'
import { createServer } from 'node:tls'
import type { TLSSocket } from 'node:tls'
import { laneAlpn, tunnelAlpn } from '../../agent/wire/agent-api.ts'
import type { TunnelRefusal } from '../../agent/wire/agent-api.ts'
import type { Clock } from '../basics/clock.ts'
import type { DeviceId } from '../basics/ids.ts'
import type { Running } from '../basics/lifecycle.ts'
import type { Logger } from '../basics/logger.ts'
import type { DeviceAdmission } from '../devices/device-admission.ts'
import type { DeviceLinks } from '../devices/device-link.ts'
import type { CertificateAuthority } from '../pki/certificate-authority.ts'
import { freePeerCertificates } from '../pki/free-peer-certificates.ts'
import type { ServerCertificate } from '../pki/server-certificate.ts'
import { establishTunnel } from './establish-tunnel.ts'
import type { PendingTunnel } from './establish-tunnel.ts'
import { admitLane } from './admit-lane.ts'
import { createLaneRacks } from './lane-rack.ts'
import { linkRegistry } from './link-registry.ts'
import { paceConnections, peerKey } from './pace-connections.ts'
import { createReconnectPace } from './reconnect-pace.ts'
import { refuseTunnel } from './refuse-tunnel.ts'
import { defaultTunnelLimits } from './tunnel-limits.ts'
import { createOverheadSweep } from './sweep-overhead.ts'
import type { TunnelLimits } from './tunnel-limits.ts'

export interface TunnelListenerOptions {
  readonly host: string
  /** 0: any free one. */
  readonly port: number
  readonly certificate: ServerCertificate
  readonly authority: Pick<CertificateAuthority, 'bundlePem' | 'trustDomain'>
  readonly admission: DeviceAdmission
  readonly clock: Clock
  readonly logger: Logger
  readonly limits?: Partial<TunnelLimits>
  /** Called, and waited for, on every connect before the link is there; `EnrolmentStore.confirmFirstTunnel` fits. */
  onFirstTunnel(deviceId: DeviceId, fingerprint: string, atMs: number): Promise<void>
}

export interface TunnelListener extends Running {
  readonly links: DeviceLinks
  readonly address: AddressInfo
  /** Takes a connection that another listener accepted, before its handshake. */
  accept(socket: Socket): void
  /** TCP connections that are open, whatever became of them. */
  readonly connections: number
  /** Ends the device's live tunnel, and any that is being admitted in this moment, at once. Call it after the record was changed. */
  disconnect(deviceId: DeviceId, reason: Extract<TunnelRefusal, 'revoked' | 'suspended' | 'unknown-device'>): void
}

/** How long `close` waits for devices to read why. */
const farewellMs = 2_500

/** The door for devices: TLS 1.3 with a client certificate, ALPN `rh2`, no tickets, one live tunnel a device. */
export async function startTunnelListener(options: TunnelListenerOptions): Promise<TunnelListener> {
  const { host, port, certificate, authority, clock, logger } = options
  freePeerCertificates()
  const limits = { ...defaultTunnelLimits, ...options.limits }
  const links = linkRegistry((error) => logger.error({ err: error }, 'a listener for tunnels failed'))
  const reconnects = createReconnectPace({ clock, limits })
  const racks = createLaneRacks(limits)
  const lanePace = createReconnectPace({ clock, limits: { reconnectBurst: limits.laneBurst, reconnectRefillMs: limits.laneRefillMs } })
  const overheads = createOverheadSweep(clock)
  const pending = new Set<PendingTunnel>()
  let draining = false

  const contextOf = ({ keyPem, certificatePem }: ReturnType<ServerCertificate['current']>) => ({
    key: keyPem,
    cert: certificatePem,
    ca: authority.bundlePem,
    minVersion: 'TLSv1.3' as const,
    // A resumed session skips the certificate's check; without tickets and without a session cache there is none to resume.
    secureOptions: constants.SSL_OP_NO_TICKET,
  })
  const tlsServer = createServer({
    ...contextOf(certificate.current()),
    requestCert: true,
    // The peer could not read why it was refused: admit-tunnel.ts takes OpenSSL's verdict and says it.
    rejectUnauthorized: false,
    ALPNProtocols: [tunnelAlpn, laneAlpn],
    handshakeTimeout: limits.handshakeTimeoutMs,
  })
  const stopListening = certificate.onRenewed((material) => tlsServer.setSecureContext(contextOf(material)))

  const onConnection = (socket: Socket): void => void tlsServer.emit('connection', socket)
  const door = await paceConnections({ host, port, limits, clock, logger, onConnection })

  tlsServer.on('tlsClientError', (error, socket) => {
    logger.debug({ err: error, remoteAddress: socket.remoteAddress }, 'a TLS handshake failed')
    socket.destroy()
  })
  tlsServer.on('secureConnection', (socket: TLSSocket) => void onSecure(socket))

  async function onSecure(socket: TLSSocket): Promise<void> {
    socket.on('error', (error) => logger.debug({ err: error }, 'a tunnel connection failed'))
    const key = peerKey(socket)
    door.secured(key)
    if (socket.alpnProtocol === laneAlpn) await openLane(socket)
    else if (draining) refuseTunnel(socket, 'shutdown')
    else if (links.size >= limits.maxTunnels) refuseTunnel(socket, 'too-many-connections')
    else
      await establishTunnel({
        ...options,
        trustDomain: authority.trustDomain,
        limits,
        links,
        racks,
        reconnects,
        overheads,
        pending,
        socket,
      })
    door.settled(key)
  }

  const openLane = (socket: TLSSocket): Promise<void> =>
    admitLane({ ...options, socket, trustDomain: authority.trustDomain, racks, pace: lanePace, timeoutMs: limits.handshakeTimeoutMs })

  async function drain(): Promise<void> {
    draining = true
    stopListening()
    const closed = door.close()
    for (const tunnel of pending) tunnel.refusal ??= 'shutdown'
    for (const link of links.list()) link.close('shutdown')
    await closed
  }

  return {
    links,
    address: door.address,
    accept: door.accept,
    get connections() {
      return door.connections
    },
    disconnect(deviceId, reason) {
      for (const tunnel of pending) if (tunnel.deviceId === deviceId) tunnel.refusal = reason
      links.get(deviceId)?.close(reason)
    },
    drain,
    async close() {
      const drained = drain()
      const patience = setTimeout(() => door.cut(), farewellMs)
      await drained
      clearTimeout(patience)
    },
  }
}
