import type { DeviceLink } from '../devices/device-link.ts'
import type { PeopleChanges } from '../people/people-changes.ts'
import { armDeadlines } from './deadlines.ts'
import { followDevice, markLost, tunnelLost } from './follow-device.ts'
import { all, ofDevice, ofPerson, reconsider } from './reconsider.ts'
import { SessionRoom, type SessionPorts } from './session-room.ts'
import { tellSwitches } from './tell-switches.ts'
import { watchClock } from './watch-clock.ts'

export interface RunningSessions {
  readonly room: SessionRoom
  /** Before the engine refuses to decide: from now on a session that is not allowed any more loses its streams, and its ending is left to the next start. */
  drain(): Promise<void>
  /** Ends no session: after a restart they go on. */
  close(): Promise<void>
}

/**
 * Takes up what a restart left, then follows devices, people and policy. A restart ends no approved session before its time and prolongs
 * none: until its tunnel is back, each is as one whose tunnel is lost.
 */
export async function startSessions(ports: SessionPorts & { readonly peopleChanges: PeopleChanges }): Promise<RunningSessions> {
  const room = new SessionRoom(ports)
  const { logger } = ports
  const stop = new AbortController()
  for (const session of await ports.store.listLive()) armDeadlines(room, room.adopt(session))
  const report = (message: string) => (error: unknown) => {
    if (!stop.signal.aborted) logger.warn({ err: error }, message)
  }
  const follow = (link: DeviceLink): void => {
    followDevice(room, link, stop.signal).catch((error: unknown) => {
      // A tunnel that ended is told by `onDisconnected`; anything else means that this agent cannot be followed.
      if (ports.links.get(link.deviceId) !== link) return
      report('a device cannot be followed any more')(error)
      if (!stop.signal.aborted) link.close('wrong-protocol')
    })
  }
  const unsubscribe = [
    watchClock(room),
    ports.links.onConnected(follow),
    ports.links.onDisconnected((link, reason) => {
      if (!stop.signal.aborted) tunnelLost(room, link, reason).catch(report('a lost tunnel could not be recorded'))
    }),
    ports.peopleChanges.onChange(
      (id) => void reconsider(room, ofPerson(id)).catch(report('sessions of a person could not be decided anew')),
    ),
    // Here it is decided why a session ends; then the machine hears of a switch.
    ports.deviceChanges.onChange(
      (id) =>
        void reconsider(room, ofDevice(id))
          .catch(report('sessions of a device could not be decided anew'))
          .then(() => {
            const link = ports.links.get(id)
            return link === undefined ? undefined : tellSwitches(room, link, stop.signal)
          }),
    ),
    ports.decisions.onActivated(() => reconsider(room, all).catch(report('sessions could not be decided anew'))),
  ]
  for (const link of ports.links.list()) follow(link)
  // Only now that every tunnel that comes or goes is heard of.
  await Promise.all(room.list().map((live) => markLost(room, live)))
  void reconsider(room, all)
  return {
    room,
    drain: async () => {
      room.stopping = true
    },
    close: async () => {
      stop.abort('shutdown')
      for (const off of unsubscribe) off()
      for (const live of room.list()) {
        live.retire()
        live.cutStreams('gateway_shutdown')
      }
    },
  }
}
