import { registerHooks } from 'node:module'

/**
 * For `node --import`: takes one check out of the agent while it is loaded, so that it can be shown that the attacks on it notice. The query of this
 * file's address names the check. The agent itself has no such door.
 */
const admit = 'agent/streams/admit-stream.ts'
const judge = 'agent/approvals/judge-request.ts'
const mutations: Readonly<Record<string, { readonly file: string; readonly from: string; readonly to: string }>> = {
  approval: {
    file: admit,
    from: 'const live = options.alive(sessionId)',
    to: 'const live = options.alive(sessionId) ?? ({ id: sessionId, services: services.list().map(({ name }) => name), viewOnly: false } as never)',
  },
  service: { file: admit, from: "if (!live.services.includes(service.name)) return 'service_not_approved'", to: '' },
  time: {
    file: 'agent/approvals/session-deadline.ts',
    from: 'export function sessionDeadline(',
    to: 'export const sessionDeadline = (): null => null\nfunction unused(',
  },
  pause: { file: 'agent/streams/session-conduct.ts', from: 'paused: change.paused ?? own.paused', to: 'paused: own.paused' },
  viewOnly: { file: 'agent/streams/session-conduct.ts', from: 'viewOnly: change.viewOnly ?? own.viewOnly', to: 'viewOnly: own.viewOnly' },
  digest: { file: 'agent/panel/panel-routes.ts', from: 'if (desk.pending?.digest !== digest)', to: 'if (false)' },
  party: { file: judge, from: 'partyProblem(options) ??', to: '' },
  knownId: { file: judge, from: "return known ? bad('this session id was used before') : null", to: 'return null' },
  window: {
    file: 'agent/approvals/standing-consent.ts',
    from: 'isSamePerson(technician, request.technician) && services.includes(service)',
    to: 'technician !== undefined && services.includes(service)',
  },
  operatorsEnd: {
    file: 'agent/approvals/standing-consent.ts',
    from: "new Set(['completed',",
    to: "new Set(['ended_by_operator', 'completed',",
  },
  originForm: { file: 'agent/streams/forward-request.ts', from: '|| !isOriginForm(method, path)', to: '' },
  framing: { file: 'agent/streams/http-streams.ts', from: 'insecureHTTPParser: false', to: 'insecureHTTPParser: true' },
  pace: { file: 'agent/link/show-pace.ts', from: 'return left >= 1', to: 'return true' },
  record: { file: 'agent/refusals/refusal-record.ts', from: 'kept.set(key,', to: 'void (key,' },
  witness: { file: 'agent/state/records-witness.ts', from: 'if (known !== null) switchOff(options)', to: '' },
  lost: { file: 'agent/approvals/end-lost.ts', from: 'if (lost.length === 0) return', to: 'return' },
  extendedBy: {
    file: judge,
    from: '!isSamePerson(live.technician, request.technician)',
    to: 'live.technician.id !== request.technician.id',
  },
  windowOfName: {
    file: 'agent/approvals/standing-consent.ts',
    from: 'isSamePerson(technician, request.technician) && services',
    to: 'technician.id === request.technician.id && services',
  },
  windowWithdrawn: { file: 'agent/approvals/mode-desk.ts', from: 'modes.withdraw(window.id)', to: '' },
  laneEnd: {
    file: 'agent/streams/byte-stream.ts',
    from: 'registry.add(session, service.name, destroy)',
    to: 'registry.add(session, service.name, () => (onLane === null ? destroy() : undefined))',
  },
  lanePause: {
    file: 'agent/streams/byte-stream.ts',
    from: 'pump({ from: bytes, to: socket, clock, conduct,',
    to: 'pump({ from: bytes, to: socket, clock, conduct: onLane === null ? conduct : { paused: false, follow: () => () => {} },',
  },
  laneUnnamed: { file: 'agent/link/lanes.ts', from: 'socket.readableLength > 0 && socket.destroy()', to: 'undefined' },
  laneTwice: { file: 'agent/link/lanes.ts', from: '      waiting.delete(id)\n      lane.take()', to: '      lane.take()' },
  laneEarly: { file: 'agent/start-agent.ts', from: 'lanes.keep(wanted ? 2 : 0)', to: 'lanes.keep(up ? 2 : 0)' },
  lanePace: {
    file: 'agent/link/lanes.ts',
    from: 'if (waiting.delete(id)) later(refillMs)',
    to: 'if (waiting.delete(id)) left = burst, fill()',
  },
  call: { file: judge, from: 'callProblem(options) ??', to: '' },
  callServices: { file: judge, from: 'return other === undefined ? null', to: 'return other !== 7 ? null' },
  callLetting: { file: 'agent/approvals/standing-consent.ts', from: 'request.help !== call.id ||', to: '' },
  unknownMembers: { file: 'agent/settings/field-reader.ts', from: 'noOthers: () => {', to: 'noOthers: () => {}, unused: () => {' },
  chatSession: { file: 'agent/approvals/chat-desk.ts', from: 'if (id !== session)', to: 'if (false)' },
  chatPace: { file: 'agent/link/chat-route.ts', from: 'if (!pace.ready)', to: 'if (false)' },
  plainText: {
    file: 'agent/wire/plain-text.ts',
    from: 'return !unprintable.test(text) && text.isWellFormed()',
    to: 'return text !== unprintable.source',
  },
  pageSession: {
    file: 'agent/mirror/pages.ts',
    from: 'live()?.id !== session || live()?.services.includes(service) !== true',
    to: 'false',
  },
  pages: { file: 'agent/mirror/pages.ts', from: 'pages.size >= mostPages', to: 'pages.size >= 1_000' },
  switchHere: {
    file: 'agent/services/service-table.ts',
    from: 'isOn: (name) => remote && on.get(name) === true && isOnInPortal(name)',
    to: 'isOn: (name) => portal?.services[name] ?? (remote && on.get(name) === true && isOnInPortal(name))',
  },
  switchInPortal: { file: 'agent/services/service-table.ts', from: ' && isOnInPortal(name),', to: ',' },
  switchPace: { file: 'agent/link/switches-route.ts', from: 'if (!pace.ready)', to: 'if (false)' },
  panelTarget: { file: 'agent/settings/read-settings.ts', from: 'return panelPort !== 0 &&', to: 'return false &&' },
}

const broken = mutations[new URL(import.meta.url).search.slice(1)]
if (broken === undefined) throw new Error('the address names no check')
registerHooks({
  load: (url, context, nextLoad) => {
    const loaded = nextLoad(url, context)
    if (!url.endsWith(broken.file)) return loaded
    const source = Buffer.from(loaded.source as Uint8Array).toString()
    if (!source.includes(broken.from)) throw new Error(`${broken.file} does not have the check any more`)
    return { ...loaded, source: source.replace(broken.from, () => broken.to) }
  },
})
