import type { ApprovalDesk } from '../approvals/desk-contract.ts'
import { longestLettingMinutes } from '../approvals/help-desk.ts'
import type { Identify } from '../operators/identify.ts'
import type { FieldReader } from '../settings/field-reader.ts'
import { longestHelpText, longestTicket } from '../wire/help-call.ts'
import { readPin } from './read-pin.ts'

export interface HelpRoutesOptions {
  readonly desk: ApprovalDesk
  /** Letting in is wider than asking: it takes what every widening takes. */
  readonly prove: Identify
}

/** `POST /api/help` */
export async function callForHelp({ desk, prove }: HelpRoutesOptions, _name: string, body: FieldReader): Promise<undefined> {
  const what = body.text('what', { maxLength: longestHelpText })
  const ticket = body.nullableText('ticket', { maxLength: longestTicket })
  const services = body.list('services')
  const operator = body.text('operator', { maxLength: 120 })
  const minutes = body.has('let_in_minutes') ? body.integer('let_in_minutes', { min: 1, max: longestLettingMinutes }) : null
  const pin = readPin(body)
  if (services.some((one) => typeof one !== 'string')) body.problem('services', 'must be names')
  body.noOthers()
  const choice = { what, ticket, services: services.map(String) }
  if (minutes === null) desk.callForHelp(choice, operator)
  else desk.callAndLetIn(choice, minutes, await prove(operator, pin))
}

/** `POST /api/help/withdraw` */
export function withdrawCall({ desk }: HelpRoutesOptions, _name: string, body: FieldReader): undefined {
  const operator = body.text('operator', { maxLength: 120 })
  body.noOthers()
  desk.withdrawCall(operator)
}
