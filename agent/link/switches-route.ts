import type { ServerHttp2Stream } from 'node:http2'
import type { ApprovalDesk } from '../approvals/desk-contract.ts'
import type { FieldProblem } from '../basics/agent-error.ts'
import type { Clock } from '../basics/clock.ts'
import { readFields } from '../settings/field-reader.ts'
import type { PortalSwitches } from '../wire/agent-api.ts'
import { answerProblem } from './door-answers.ts'
import { readBody } from './read-body.ts'

const maxBodyBytes = 16 * 1024
const mostSwitches = 256

/** `PUT /v1/switches`: 204 when they hold. */
export function takePortalSwitches(
  { desk, clock }: { readonly desk: ApprovalDesk; readonly clock: Clock },
  stream: ServerHttp2Stream,
): void {
  readBody(stream, clock, { maxBytes: maxBodyBytes }, (bytes) => {
    const switches = parse(bytes)
    if (typeof switches === 'string') return answerProblem(stream, { status: 400, code: 'bad_request', message: switches })
    desk.portalSwitches(switches)
    stream.respond({ ':status': 204 }, { endStream: true })
  })
}

/** A text says what is wrong. */
function parse(bytes: Buffer): PortalSwitches | string {
  const problems: FieldProblem[] = []
  try {
    const body = readFields(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)), '', problems)
    const remote = body.flag('remote', true)
    if (!body.has('remote')) body.problem('remote', 'is missing')
    const services = body.object('services')
    const names = services?.names() ?? []
    if (names.length > mostSwitches) return `at most ${mostSwitches} services`
    const read = names.map((name) => [name, services?.flag(name, true) === true] as const)
    if (problems.length > 0) return problems.map(({ path, message }) => `${path}: ${message}`).join('; ')
    return { remote, services: Object.fromEntries(read) }
  } catch {
    return 'the body is not JSON in UTF-8'
  }
}
