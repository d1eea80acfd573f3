import type { ServerHttp2Stream } from 'node:http2'
import type { ApprovalDesk } from '../approvals/desk-contract.ts'
import type { FieldProblem } from '../basics/agent-error.ts'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { RefusalRecord } from '../refusals/refusal-record.ts'
import type { ServiceTable } from '../services/service-table.ts'
import { readFields } from '../settings/field-reader.ts'
import type { PortalSwitches } from '../wire/agent-api.ts'
import { answerProblem } from './door-answers.ts'
import type { DoorProblem } from './door-answers.ts'
import { parseJson, readBody } from './read-body.ts'
import type { ShowPace } from './show-pace.ts'

const maxBodyBytes = 16 * 1024
const mostSwitches = 256

export interface SwitchesRouteOptions {
  readonly desk: ApprovalDesk
  readonly services: ServiceTable
  readonly refusals: RefusalRecord
  readonly clock: Clock
  readonly logger: Logger
  /** How often a gateway may switch on again: off is taken always. */
  readonly pace: ShowPace
}

/** `PUT /v1/switches`: 204 when they hold. */
export function takePortalSwitches(options: SwitchesRouteOptions, stream: ServerHttp2Stream): void {
  const { desk, services, refusals, pace } = options
  const refuse = (problem: DoorProblem): void => {
    refusals.note({ what: 'switches', why: problem.status === 429 ? 'too_often' : 'bad_request', subject: null })
    answerProblem(stream, problem)
  }
  readBody(stream, { ...options, maxBytes: maxBodyBytes, refuse }, (bytes) => {
    const said = parse(bytes)
    if (typeof said === 'string') return refuse({ status: 400, code: 'bad_request', message: said })
    const switches = ofHere(said, services)
    if (loosens(switches, services)) {
      if (!pace.ready) return refuse({ status: 429, code: 'too_many', message: 'nobody switches so often; wait a little' })
      pace.spend()
    }
    desk.portalSwitches(switches)
    stream.respond({ ':status': 204 }, { endStream: true })
  })
}

/** A service that is not here has no switch, whatever a gateway calls it. In the order of the settings, so that the same switches are equal. */
function ofHere({ remote, services: said, unrecorded, attended_only }: PortalSwitches, services: ServiceTable): PortalSwitches {
  const here = services.list().flatMap(({ name }) => (Object.hasOwn(said, name) ? [[name, said[name] === true] as const] : []))
  const unseen = services.list().flatMap(({ name }) => (unrecorded?.includes(name) === true ? [name] : []))
  const pressed = services.list().flatMap(({ name }) => (attended_only?.includes(name) === true ? [name] : []))
  return {
    remote,
    services: Object.fromEntries(here),
    ...(unseen.length === 0 ? {} : { unrecorded: unseen }),
    ...(pressed.length === 0 ? {} : { attended_only: pressed }),
  }
}

function loosens(next: PortalSwitches, { portal, list }: ServiceTable): boolean {
  if (portal === null) return false
  const isAgain = ({ name }: { readonly name: string }): boolean =>
    (portal.services[name] === false && next.services[name] !== false) ||
    (portal.unrecorded?.includes(name) === true && next.unrecorded?.includes(name) !== true) ||
    (portal.attended_only?.includes(name) === true && next.attended_only?.includes(name) !== true)
  return (next.remote && !portal.remote) || list().some(isAgain)
}

/** A text says what is wrong. */
function parse(bytes: Buffer): PortalSwitches | string {
  const problems: FieldProblem[] = []
  try {
    const body = readFields(parseJson(bytes), '', problems)
    const remote = body.flag('remote', true)
    if (!body.has('remote')) body.problem('remote', 'is missing')
    const services = body.object('services')
    const names = services?.names() ?? []
    if (names.length > mostSwitches) return `at most ${mostSwitches} services`
    const read = names.map((name) => [name, services?.flag(name, true) === true] as const)
    const listed = (name: string): string[] => (body.has(name) ? body.list(name) : []).filter((one) => typeof one === 'string')
    const [unrecorded, attended] = [listed('unrecorded'), listed('attended_only')]
    if (unrecorded.length > mostSwitches || attended.length > mostSwitches) return `at most ${mostSwitches} services`
    if (problems.length > 0) return problems.map(({ path, message }) => `${path}: ${message}`).join('; ')
    return {
      remote,
      services: Object.fromEntries(read),
      ...(unrecorded.length === 0 ? {} : { unrecorded }),
      ...(attended.length === 0 ? {} : { attended_only: attended }),
    }
  } catch {
    return 'the body is not JSON in UTF-8'
  }
}
