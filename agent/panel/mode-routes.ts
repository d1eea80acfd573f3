import type { ApprovalDesk } from '../approvals/desk-contract.ts'
import { longestReconnectMinutes } from '../approvals/mode-desk.ts'
import type { ModeChoice } from '../approvals/mode-desk.ts'
import type { Identify } from '../operators/identify.ts'
import type { FieldReader } from '../settings/field-reader.ts'
import { panelError } from './panel-problem.ts'
import type { PanelState } from './panel-api.ts'
import { readPin } from './read-pin.ts'

export interface ModeRoutesOptions {
  readonly desk: ApprovalDesk
  readonly identify: Identify
  readonly state: () => PanelState
}

/** `POST /api/modes/{service}` */
export async function setMode({ desk, identify }: ModeRoutesOptions, service: string, body: FieldReader): Promise<undefined> {
  const name = body.choice('mode', ['attended', 'reconnect', 'unattended'])
  const minutes = name === 'reconnect' ? body.integer('minutes', { min: 1, max: longestReconnectMinutes }) : 0
  const operator = body.text('operator', { maxLength: 120 })
  const pin = readPin(body)
  body.noOthers()
  const choice: ModeChoice = name === 'reconnect' ? { mode: name, minutes } : { mode: name }
  if (desk.isLooser(service, choice)) desk.loosen(service, choice, await identify(operator, pin))
  else desk.tighten(service, choice, operator)
}

/** `POST /api/windows` */
export async function planWindow({ desk, identify, state }: ModeRoutesOptions, _name: string, body: FieldReader): Promise<undefined> {
  const id = body.text('technician', { maxLength: 100 })
  const services = body.list('services')
  const instant = { min: 0, max: 8_640_000_000_000_000 }
  const [fromMs, untilMs] = [body.integer('from', instant), body.integer('until', instant)]
  const operator = body.text('operator', { maxLength: 120 })
  const pin = readPin(body)
  if (services.some((one) => typeof one !== 'string')) body.problem('services', 'must be names')
  body.noOthers()
  const technician = state().known.find((one) => one.id === id)
  if (technician === undefined) throw panelError('bad_request', 'Choose somebody who has asked at this machine before.')
  desk.plan({ technician, services: services.map(String), fromMs, untilMs }, await identify(operator, pin))
}

/** `POST /api/windows/{id}/withdraw` */
export function withdrawWindow({ desk }: ModeRoutesOptions, id: string, body: FieldReader): undefined {
  const operator = body.text('operator', { maxLength: 120 })
  body.noOthers()
  desk.withdraw(id, operator)
}
