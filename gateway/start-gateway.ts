import { mkdir, readFile } from 'node:fs/promises'
import type { IncomingMessage } from 'node:http'
import { join } from 'node:path'
import type { AddressInfo } from 'node:net'
import { startBar } from './start-bar.ts'
import type { Clock } from './basics/clock.ts'
import type { DeviceId, OrganisationId } from './basics/ids.ts'
import type { Running } from './basics/lifecycle.ts'
import type { Logger } from './basics/logger.ts'
import type { Random } from './basics/random.ts'
import { createRequestPaces } from './basics/request-paces.ts'
import type { Database } from './database/database.ts'
import { openDatabase } from './database/open-database.ts'
import { endInOrder } from './end-in-order.ts'
import { DeviceChanges } from './devices/device-changes.ts'
import { clientAddress, isFront } from './front/client-address.ts'
import { passToSocket } from './front/pass-to-socket.ts'
import { sharePort } from './front/share-port.ts'
import { startFront } from './front/start-front.ts'
import type { DemoPorts } from './http-api/api-ports.ts'
import { createHttpApi } from './http-api/create-http-api.ts'
import { chooseListener } from './choose-listener.ts'
import { serviceOrganisationOf } from './first-start.ts'
import type { PeopleRoom } from './people/people-room.ts'
import { openCertificateAuthority } from './pki/certificate-authority.ts'
import { createEnrolmentAdministration, type EnrolmentAdministration } from './pki/enrolment-administration.ts'
import { createLateRenewalAdministration } from './pki/administer-late-renewals.ts'
import { createBundleIssuer } from './pki/issue-bundle.ts'
import { createPendingEnrolments } from './pki/pending-enrolments.ts'
import { publishBundle } from './pki/publish-bundle.ts'
import { startEstListener } from './pki/est-listener.ts'
import { startServerCertificate } from './pki/server-certificate.ts'
import { createWaitingRenewals } from './pki/waiting-renewals.ts'
import { startGrants } from './grants/start-grants.ts'
import { createAccessProxy } from './proxy/access-proxy.ts'
import { defaultAccessLimits } from './proxy/access-settings.ts'
import { streamAuthority } from './stream-authority.ts'
import { sweepRecords } from './retention/sweep-records.ts'
import { startSessions } from './sessions/start-sessions.ts'
import type { SessionRoom } from './sessions/session-room.ts'
import type { GatewaySettings } from './settings/gateway-settings.ts'
import { sharesPort } from './settings/one-port.ts'
import { isStillSignedIn, useSignIn } from './sign-in/who-is-signed-in.ts'
import { startIdentity } from './start-identity.ts'
import { startPolicies } from './start-policies.ts'
import { startWorkbench } from './start-workbench.ts'
import { createStorage, type Storage } from './storage/create-storage.ts'
import { migrations } from './storage/migrations.ts'
import type { Schema } from './storage/schema.ts'
import { startTunnelListener } from './tunnels/start-tunnel-listener.ts'

export interface GatewayOptions {
  readonly settings: GatewaySettings
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** What the walk-through shows, in the demo alone. */
  readonly demo?: DemoPorts
  /** Stands between every part and the database. Only a test gives one: no setting and no environment variable can. */
  readonly aroundDatabase?: (database: Database<Schema>) => Database<Schema>
}

export interface Gateway extends Running {
  readonly storage: Storage
  readonly people: PeopleRoom
  readonly sessions: SessionRoom
  readonly enrolments: EnrolmentAdministration
  readonly serviceOrganisation: OrganisationId
  readonly publicPort: number
  readonly tunnelPort: number
  readonly estPort: number
  /** PEM file that agents pin. */
  readonly caFile: string
  /** Resolves when the store cannot be written any more: nothing may go on then (fail closed). */
  readonly failed: Promise<Error>
}

const dayMs = 24 * 3_600_000

/** Builds every part and hands each its ports. What started last ends first. */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { settings, clock, random, logger, aroundDatabase = (database) => database } = options
  const { keep, keepDoor, drain, close } = endInOrder(clock)
  try {
    return { ...(await build()), drain, close }
  } catch (error) {
    await close()
    throw error
  }

  async function build(): Promise<Omit<Gateway, keyof Running>> {
    await mkdir(settings.dataDir, { recursive: true, mode: 0o700 })
    const file = join(settings.dataDir, 'gateway.sqlite')
    const database = keep(aroundDatabase(await openDatabase<Schema>({ file, migrations, clock, logger })))
    const storage = createStorage({ database, clock, random, boot: random.hex(16) })
    keep({ close: sweepRecords({ store: storage.retention, ...settings.retention, clock, logger }) })
    const serviceOrganisation = await serviceOrganisationOf(storage, settings.organisation, random)
    const shared = { settings, storage, clock, random, logger }
    const policies = keep(await startPolicies({ ...shared, organisation: serviceOrganisation, environment: process.env }))
    const { decisions } = policies

    const authority = await openCertificateAuthority({
      directory: join(settings.dataDir, 'pki'),
      trustDomain: settings.trustDomain,
      clock,
      random,
    })
    const caFile = join(settings.dataDir, 'ca.pem')
    await publishBundle(caFile, authority.bundlePem)
    const certificate = keep(await startServerCertificate({ authority, names: settings.tunnel.names, clock, logger }))
    // On one port for all, each listens inside this machine alone and is handed what is for it.
    const oneForAll = sharesPort(settings)
    const listenerOf = ({ host, port }: { host: string; port: number }) => (oneForAll ? { host: '127.0.0.1', port: 0 } : { host, port })
    const tunnels = keep(
      await startTunnelListener({
        ...listenerOf(settings.tunnel),
        certificate,
        authority,
        admission: storage.admission,
        clock,
        logger: logger.child({ room: 'tunnels' }),
        onFirstTunnel: (deviceId, fingerprint, atMs) => storage.enrolments.confirmFirstTunnel(deviceId, fingerprint, atMs),
      }),
    )
    const deviceChanges = new DeviceChanges()
    const pending = settings.compareEnrolmentCode ? createPendingEnrolments(clock, (id) => deviceChanges.tell(id)) : null
    const late = {
      store: storage.lateRenewals,
      waiting: createWaitingRenewals(clock),
      periodMs: settings.lateRenewalDays * dayMs,
      onChange: (id: DeviceId) => deviceChanges.tell(id),
    }
    const est = keepDoor(
      await startEstListener({
        ...listenerOf(settings.est),
        certificate,
        authority,
        store: storage.enrolments,
        admission: storage.admission,
        clock,
        logger: logger.child({ room: 'pki' }),
        certificateLifetimeMs: settings.deviceCertificateDays * dayMs,
        pending,
        late,
        onAlarm: (alarm) => logger.warn({ alarm }, 'somebody else may hold the enrolment password or the key of a machine'),
      }),
    )

    const portOf = ({ port }: AddressInfo): number => (oneForAll ? settings.public.port : port)
    const idp = settings.identityProvider
    const { people, peopleChanges, photos, signIns } = keep(await startIdentity(shared))
    const sessions = keep(
      await startSessions({
        store: storage.sessions,
        devices: storage.devices,
        deviceChanges,
        people: storage.people,
        peopleChanges,
        links: tunnels.links,
        decisions,
        photos,
        clock,
        random,
        logger: logger.child({ room: 'sessions' }),
        settings: { ...settings, ...settings.limits },
      }),
    )

    policies.followSessions(sessions.room)
    const grants = keep(
      startGrants({ sessions: sessions.room, decisions, clock, random, store: storage.grantRequests, people: peopleChanges, logger }),
    )
    const { workbench, simulations } = keep(startWorkbench({ ...shared, policies, sessions: sessions.room }))
    const portal = new URL(settings.portalOrigin)
    const behindFront = settings.public.trustForwardedFor
    const addressOf = (request: IncomingMessage): string => clientAddress(request, behindFront)
    const paces = createRequestPaces(clock, settings.limits)
    const access = keepDoor(
      createAccessProxy({
        origins: storage.accessOrigins,
        authority: streamAuthority(sessions.room, paces),
        signIns: {
          use: (signIn) => useSignIn(signIns, signIn),
          stillCounts: (tokenHash) => isStillSignedIn(signIns, { tokenHash }),
        },
        settings: {
          accessDomain: settings.accessDomain,
          portalOrigin: settings.portalOrigin,
          secureCookies: true,
          publicPort: Number(portal.port) || (portal.protocol === 'https:' ? 443 : 80),
          limits: defaultAccessLimits,
        },
        clock,
        random,
        logger: logger.child({ room: 'proxy' }),
        stranger: (req) => paces.stranger(addressOf(req)),
        recorder: settings.mirror ? await readRecorder(settings.pagesDir, logger) : null,
        bar: settings.bar ? await startBar({ pagesDir: settings.pagesDir, room: sessions.room, paces, logger }) : null,
      }),
    )
    const enrolments = createEnrolmentAdministration(storage.enrolments, random, pending)
    const api = keepDoor(
      await createHttpApi(
        {
          sessions: sessions.room,
          people,
          signIns,
          photos,
          enrolments,
          bundles: createBundleIssuer({ authority, store: storage.enrolments, random }),
          lateRenewals: createLateRenewalAdministration(late, clock),
          access,
          tunnels,
          decisionLog: storage.decisionLog,
          activePolicy: decisions,
          grants: grants.room,
          policies: policies.room,
          canary: policies.canary,
          recoveryKeys: storage.recoveryKeys,
          simulations,
          workbench,
          events: storage.events,
          paces,
          addressOf,
          clock,
          random,
          logger: logger.child({ room: 'http-api' }),
          settings: {
            portalOrigin: settings.portalOrigin,
            serviceOrganisation,
            isFront: behindFront ? isFront : null,
            agents: {
              tunnel: authorityOf(settings.tunnel.names, portOf(tunnels.address)),
              est: `https://${authorityOf(settings.tunnel.names, portOf(est.address))}`,
              trust_domain: settings.trustDomain,
              ca_pem: authority.bundlePem,
            },
            deviceCertificateDays: settings.deviceCertificateDays,
            undertaking: policies.undertaking,
            pagesDir: settings.pagesDir,
            securityContact: settings.securityContact,
            demo: options.demo ?? null,
          },
        },
        peopleChanges,
      ),
    )
    const front = keepDoor(
      await startFront({
        clock,
        ...listenerOf(settings.public),
        tls:
          settings.public.tls === null
            ? null
            : { cert: await readFile(settings.public.tls.certFile, 'utf8'), key: await readFile(settings.public.tls.keyFile, 'utf8') },
        handlers: [
          { handles: (host) => host === portal.host, request: api.request, upgrade: api.upgrade },
          passToSocket({
            host: new URL(idp.issuer).host,
            socket: idp.socket,
            https: idp.issuer.startsWith('https:'),
            behindFront,
            stranger: paces.stranger,
            logger,
          }),
          access,
        ],
        limits: { ...settings.limits, ...(behindFront ? { connectionsPerAddress: null } : {}) },
        logger,
      }),
    )
    if (oneForAll)
      keepDoor(await sharePort({ ...settings.public, choose: chooseListener({ settings, tunnels, est, front }), clock, logger }))
    return {
      storage,
      people,
      sessions: sessions.room,
      enrolments,
      serviceOrganisation,
      publicPort: portOf(front.address),
      tunnelPort: portOf(tunnels.address),
      estPort: portOf(est.address),
      caFile,
      failed: database.failed,
    }
  }
}

/** Without it the gateway runs all the same: operators see no pages, as with agents that have no mirror. */
async function readRecorder(pagesDir: string, logger: Logger): Promise<Buffer | null> {
  try {
    return await readFile(join(pagesDir, 'recorder.js'))
  } catch (error) {
    logger.warn({ err: error }, 'the recorder is not built, so operators do not see the pages of technicians')
    return null
  }
}

/** The first name of the listener's certificate, as machines reach it. */
const authorityOf = ([name = 'localhost']: readonly string[], port: number): string => `${name.includes(':') ? `[${name}]` : name}:${port}`
