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
  pause: { file: 'agent/streams/session-conduct.ts', from: 'paused = change.paused ?? paused', to: '' },
  viewOnly: { file: 'agent/streams/session-conduct.ts', from: 'viewOnly = change.viewOnly ?? viewOnly', to: '' },
  digest: { file: 'agent/panel/panel-routes.ts', from: 'if (desk.pending?.digest !== digest)', to: 'if (false)' },
  party: { file: judge, from: 'partyProblem(options) ??', to: '' },
  knownId: { file: judge, from: "return known ? bad('this session id was used before') : null", to: 'return null' },
  window: {
    file: 'agent/approvals/standing-consent.ts',
    from: 'technician.id === request.technician.id && services.includes(service)',
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
  lost: { file: 'agent/approvals/end-lost.ts', from: 'if (lost.length === 0) return', to: 'return' },
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
