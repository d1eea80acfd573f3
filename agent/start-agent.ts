import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { createApprovalDesk } from './approvals/approval-desk.ts'
import type { LiveSession } from './approvals/approval-state.ts'
import { endBarred } from './approvals/end-barred.ts'
import { signApproval } from './approvals/sign-approval.ts'
import { watchClock } from './approvals/watch-clock.ts'
import { AgentError } from './basics/agent-error.ts'
import { readBootId } from './basics/boot-id.ts'
import { spiffeIdOf } from './enrolment/stored-credential.ts'
import { agentInfo } from './link/agent-info.ts'
import { createAgentDoor } from './link/agent-door.ts'
import { createLanes } from './link/lanes.ts'
import { createWayOut } from './link/way-out.ts'
import { createMirror } from './mirror/create-mirror.ts'
import type { PanelRenewal } from './panel/panel-api.ts'
import { createIdentify } from './operators/identify.ts'
import { pageSource } from './panel/page-source.ts'
import { createPanelConnection } from './panel/panel-connection.ts'
import { createPanelEvents } from './panel/panel-events.ts'
import { createPanelPages, panelPolicy } from './panel/panel-pages.ts'
import { servePanelApi } from './panel/panel-routes.ts'
import { panelState } from './panel/panel-state.ts'
import { createPairing } from './panel/pairing.ts'
import { noteEnd } from './refusals/note-end.ts'
import { createRecordings } from './recordings/create-recordings.ts'
import { createRefusalRecord } from './refusals/refusal-record.ts'
import { openParts } from './open-parts.ts'
import type { OpenParts } from './open-parts.ts'
import { createServiceTable } from './services/service-table.ts'
import type { RunningAgent, StartAgentOptions } from './running-agent.ts'
import { createStores } from './state/create-stores.ts'
import { startGuards } from './start-guards.ts'
import { agentStatus } from './status/agent-status.ts'
import { createStreamRegistry } from './streams/stream-registry.ts'
import { startUpdates } from './updates/start-updates.ts'
import { agentVersion } from './version.ts'
import { switchedOff } from './wire/agent-api.ts'
import type { AgentInfo } from './wire/agent-api.ts'

/**
 * Builds the agent and starts it. It needs neither gateway nor certificate to start: those come when they can.
 *
 * @throws AgentError `state_in_use`, `state_unreadable`, `panel_port_in_use`, `bad_settings`
 */
export async function startAgent(options: StartAgentOptions): Promise<RunningAgent> {
  return assemble(options, await openParts(options))
}

function assemble(options: StartAgentOptions, { panel, mirrorPages, database, operators, statusDoor }: OpenParts): RunningAgent {
  const { settings, clock, random, logger } = options
  const panelUrl = `http://${settings.panel.host === '::1' ? '[::1]' : settings.panel.host}:${panel.port}/`
  const boot = random.hex(16)
  const stores = createStores(database)
  const { events, remote, modes, chat } = stores
  const identify = createIdentify({
    operators,
    wrongPins: stores.wrongPins,
    clock,
    logger,
    onPaused: (operator, wrong) => desk.pinPaused(operator, wrong),
  })
  const services = createServiceTable({
    services: settings.services,
    switches: stores.switches,
    remote: remote.get()?.on ?? settings.remoteService,
  })
  const connection = createPanelConnection(clock)
  const live = (): LiveSession | null => desk.live
  const mirror = createMirror({
    wanted: [...settings.services.values()].some(({ mirrored }) => mirrored),
    isMirrored: services.isMirrored,
    live,
    clock,
    port: mirrorPages.port,
    title: services.title,
    onWatched: (session, watched) => desk.watched(session, watched),
    onUnexplained: ({ service, method, path, atMs }) => desk.stopAt({ service, method, path: path.split('?', 1)[0] ?? '', atMs }),
  })
  const refusals = createRefusalRecord({ clock, onChange: () => panelEvents.moved() })
  let renewal: PanelRenewal | null = null
  const onChange = (): void => panelEvents.changed()
  const recordings = createRecordings({ ...options, database, stores, operators, mirror, refusals, live, title: services.title, onChange })

  const isHeld = (service: string): boolean => guards.isHeld(service)
  const registry = createStreamRegistry({ clock, onActivity: () => panelEvents.moved(), isHeld })
  const lanes = createLanes({ dial: () => wayOut.link?.dialLane() ?? Promise.reject(new Error('not started')), clock, random, logger })
  let up = false
  /** A lane for the next stream of bytes, and one for the one after it, while a session may open them. */
  const keepLanes = (): void => {
    const wanted = up && services.list().some(({ name, kind }) => kind !== 'http' && desk.live?.services.includes(name) === true)
    lanes.keep(wanted ? 2 : 0)
  }
  const changed = (): void => {
    guards.follow()
    panelEvents.changed()
    recordings.sessionChanged()
    mirror.sessionChanged()
    keepLanes()
    // A renewed certificate is taken into use when nobody is disturbed by it.
    if (wayOut.link?.stale === true && desk.live === null && desk.pending === null) wayOut.link.renew()
  }
  const desk = createApprovalDesk({
    settings,
    spiffeId: spiffeIdOf(settings),
    boot,
    database,
    ...stores,
    services,
    operators,
    clock,
    random,
    logger,
    cutSession: registry.cutSession,
    cutStreams: registry.cutStreams,
    conduct: (session, change) => registry.conductOf(session).set(change),
    panelGoneSinceMs: () => panelEvents.goneSinceMs,
    lookAtClock: () => clockWatch.look(),
    onChange: changed,
    onRemote: (on) => followRemote(on),
    sign: (claims) => {
      const credential = wayOut.link?.credential() ?? null
      if (credential === null) throw new AgentError({ code: 'no_such_request', message: 'This machine has no certificate yet.' })
      return signApproval(claims, credential)
    },
  })
  const state = (): ReturnType<typeof panelState> =>
    panelState({
      settings,
      version: agentVersion,
      clock,
      desk,
      services,
      operators,
      registry,
      ...stores,
      hardware: () => guards.hardware.state,
      isHeld,
      refusals,
      recordings,
      connection: connection.get,
      renewal: () => renewal,
      updateState: () => updates.state,
    })
  const guards = startGuards({ settings, desk, identify, operators, services, registry, clock, random, logger, onChange })
  const updates = startUpdates({
    ...stores,
    situation: options.updates ?? { trust: null, reached: null, restart: () => {} },
    settings,
    version: agentVersion,
    database,
    operators,
    clock,
    logger,
    remote: () => services.remote,
    connected: () => connection.get().state === 'connected',
    busy: () => (desk.live !== null ? 'session' : desk.pending !== null ? 'request' : null),
    onChange,
  })
  const panelEvents = createPanelEvents({ clock, state, onConnected: desk.panelChanged })
  const pairing = createPairing({
    store: stores.pairings,
    clock,
    random,
    onNewCode: () => options.onPairingUrl?.(pairingUrl()),
  })
  const pairingUrl = (): string => `${panelUrl}#pair=${pairing.code}`
  const info = (): AgentInfo => agentInfo({ settings, boot, services, modes, clock, panelConnected: () => panelEvents.connected })

  const wayOut = createWayOut({
    settings,
    clock,
    random,
    logger,
    onStream: createAgentDoor({
      desk,
      events,
      chat,
      services,
      registry,
      mirror,
      lanes,
      refusals,
      onFollowed: updates.followed,
      clock,
      logger,
      panelPort: panel.port,
      info,
    }),
    onUp: () => {
      up = true
      desk.tunnelUp()
      keepLanes()
    },
    onDown: () => {
      up = false
      keepLanes()
      registry.cutAll()
      desk.tunnelDown()
    },
    onStatus: (status) => {
      connection.set(status)
      if (status.state === 'offline') noteEnd(refusals, status.reason)
      if (status.state === 'refused') endBarred(desk, status.reason)
      panelEvents.changed()
    },
    onCredential: changed,
    onEnrolment: (status) => {
      if (status.state !== 'enrolled') connection.set(status)
      panelEvents.changed()
    },
    onRenewedLate: () => stores.acts.put({ atMs: clock.nowMs(), act: 'certificate_renewed_late', service: null, by: '' }),
    onRenewal: (failure) => {
      renewal = failure === null ? null : { reason: failure.reason, stranger: failure.stranger, expires_at: failure.expiresAtMs }
      panelEvents.changed()
    },
  })
  const followRemote = (on: boolean): void => {
    if (on) return wayOut.open()
    wayOut.close(switchedOff)
    connection.set({ state: 'off' })
  }
  followRemote(services.remote)
  const clockWatch = watchClock({ clock, kept: stores.clocks, bootId: readBootId(), onStep: desk.voidWindows })
  panel.serve({
    pages: createPanelPages({
      pages: pageSource(settings.panel.pagesDir, 'panel'),
      stripOrigins: settings.panel.stripOrigins,
      random,
      policy: (request, nonce, framedBy) => panelPolicy(request, nonce, framedBy, mirrorPages.port),
    }),
    api: (request, response, path) =>
      servePanelApi(
        {
          desk,
          chat,
          identify,
          prove: guards.prove,
          past: { ...stores, recordings, services },
          typing: guards.typing,
          pairing,
          events: panelEvents,
          mirror,
          mirrorPort: mirrorPages.port,
          recordings,
          updates,
          state,
        },
        request,
        response,
        path,
      ),
  })

  statusDoor.serve(() => agentStatus({ state: state(), boot, pid: process.pid, gateway: wayOut.link?.connectedTo ?? null, panelUrl }))

  let closing: Promise<void> | undefined
  const close = (): Promise<void> =>
    (closing ??= (async () => {
      clockWatch.stop()
      updates.close()
      desk.close()
      guards.close()
      lanes.keep(0)
      registry.cutAll()
      wayOut.close('closed')
      panelEvents.close()
      await recordings.close()
      mirror.close()
      await Promise.all([panel.close(), mirrorPages.close(), statusDoor.close()])
      database.close()
      await rm(join(settings.stateDir, 'agent.pid'), { force: true })
    })())
  return {
    panelUrl,
    get pairingUrl() {
      return pairingUrl()
    },
    newPairingUrl: () => {
      pairing.newCode()
      return pairingUrl()
    },
    drain: close,
    close,
  }
}
