import { createServer } from 'node:net'
import { systemClock } from '../../../gateway/basics/clock.ts'
import { newOrganisationId, type DeviceId, type OrganisationId, type ServiceName, type SessionId } from '../../../gateway/basics/ids.ts'
import { createLogger } from '../../../gateway/basics/logger.ts'
import { systemRandom } from '../../../gateway/basics/random.ts'
import { startChild } from '../../../gateway/commands/start-child.ts'
import { writeInstallation } from '../../../gateway/commands/write-installation.ts'
import { createDevice } from '../../../gateway/devices/administer-device.ts'
import { DeviceChanges } from '../../../gateway/devices/device-changes.ts'
import { gatewayActor } from '../../../gateway/ledger/event.ts'
import { createPerson } from '../../../gateway/people/create-person.ts'
import { authorizeStream, isRefused } from '../../../gateway/sessions/authorize-stream.ts'
import { startGateway, type Gateway } from '../../../gateway/start-gateway.ts'
import { answerParent } from './answer-parent.ts'
import { bridge } from './bridge.ts'
import { collectGarbage } from './collect-garbage.ts'
import { enrolMachines } from './enrol-machines.ts'
import { freePorts, listen } from './listen.ts'
import type { OpenedDoor } from './tunnel-door-entry.ts'

export interface StartedGateway {
  readonly portal: string
  readonly account: { readonly username: string; readonly password: string }
  readonly agentGateway: { readonly tunnel: string; readonly est: string; readonly caFile: string; readonly trustDomain: string }
}

const trustDomain = 'bench.sallyport.localhost'
const ending: (() => Promise<unknown>)[] = []
let gateway: Gateway | undefined

/** The whole gateway as `serve` composes it, with the identity provider beside it, one technician and one machine. */
async function start({ dataDir }: { readonly dataDir: string }): Promise<StartedGateway> {
  const [publicPort = 0] = await freePorts(1)
  const { settings, idpFile } = await writeInstallation(
    {
      dataDir,
      organisation: 'Bench Service',
      portalOrigin: `http://sallyport.localhost:${publicPort}`,
      issuer: `http://id.sallyport.localhost:${publicPort}`,
      accessDomain: 'machines.localhost',
      trustDomain,
      tunnelNames: ['localhost', '127.0.0.1'],
      public: { host: '127.0.0.1', port: publicPort, tls: null },
      tunnel: { host: '127.0.0.1', port: 0 },
      est: { host: '127.0.0.1', port: 0 },
      demo: true,
      logLevel: 'warn',
    },
    systemRandom,
  )
  const program = new URL('../../../idp/main.ts', import.meta.url)
  const idp = await startChild({ name: 'idp', program, args: ['--config', idpFile], onLog: () => {} })
  ending.push(idp.stop)
  const logger = createLogger({ name: 'gateway', level: 'warn' })
  gateway = await startGateway({ settings, clock: systemClock, random: systemRandom, logger })
  ending.push(gateway.close)
  return {
    portal: settings.portalOrigin,
    account: await technician(gateway),
    agentGateway: {
      tunnel: `127.0.0.1:${gateway.tunnelPort}`,
      est: `https://127.0.0.1:${gateway.estPort}`,
      caFile: gateway.caFile,
      trustDomain,
    },
  }
}

async function technician(gateway: Gateway): Promise<StartedGateway['account']> {
  const account = { username: 'bench', password: `${systemRandom.token(18)}-9x` }
  const facts = {
    username: account.username,
    name: 'Bench Technician',
    roles: ['technician' as const],
    regions: ['europe'],
    permissions: ['remote_access', 'service_http', 'service_tcp'],
    trainings: [{ productLine: 'press', level: 2, validUntil: systemClock.nowS() + 86_400 }],
    initialPassword: account.password,
  }
  await createPerson(gateway.people, gateway.serviceOrganisation, facts, gatewayActor)
  return account
}

let customer: OrganisationId | undefined

async function customerOf({ storage }: Gateway): Promise<OrganisationId> {
  if (customer !== undefined) return customer
  const id = newOrganisationId(systemRandom)
  await storage.people.insertOrganisation({ id, name: 'Bench Customer', kind: 'customer' }, [])
  return (customer = id)
}

/** Registers a machine; its agent enrols with the password. */
async function machine({ id }: { readonly id: DeviceId }): Promise<{ readonly enrolmentPassword: string }> {
  if (gateway === undefined) throw new Error('the gateway is not started')
  const organisationId = await customerOf(gateway)
  const room = { store: gateway.storage.devices, changes: new DeviceChanges(), clock: systemClock }
  const place = { site: 'Bench', region: 'europe', country: 'DE', timeZone: 'Europe/Berlin' }
  await createDevice(room, { ...place, id, organisationId, name: `Bench machine ${id}`, productLine: 'press', model: 'B 1' }, gatewayActor)
  return { enrolmentPassword: await gateway.enrolments.open(id, []) }
}

/**
 * A port whose connections are streams of a session, bytes both ways, as `sallyport forward` has them but without its WebSocket: like is measured with
 * like. Policy and the agent's approval are asked as for any other stream.
 */
async function openDoor({ session, service }: { readonly session: SessionId; readonly service: ServiceName }): Promise<{ port: number }> {
  if (gateway === undefined) throw new Error('the gateway is not started')
  const stream = await authorizeStream(gateway.sessions, session, service)
  if (isRefused(stream)) throw new Error(`no stream to ${service}: ${stream.code} ${stream.message}`)
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (socket) => {
    socket.pause()
    stream.openStream().then(
      (opened) => {
        bridge(socket, opened)
        socket.resume()
      },
      () => socket.destroy(),
    )
  })
  return { port: await listen(server) }
}

const close = async (): Promise<void> => {
  for (const end of ending.splice(0).toReversed()) await end()
}

const enrol = ({ machines }: { readonly machines: number }): Promise<OpenedDoor> => {
  if (gateway === undefined) throw new Error('the gateway is not started')
  return enrolMachines(gateway, { trustDomain, machines })
}

answerParent({ start, machine, openDoor, enrol, collect: collectGarbage }, close)
