import type { Identify } from '../operators/identify.ts'
import type { FieldReader } from '../settings/field-reader.ts'
import type { UpdateDesk } from '../updates/update-desk.ts'
import { readPin } from './read-pin.ts'

export interface UpdateRoutesOptions {
  readonly updates: Pick<UpdateDesk, 'agree' | 'decline'>
  readonly prove: Identify
}

/** `POST /api/update` */
export async function decideUpdate({ updates, prove }: UpdateRoutesOptions, _name: string, body: FieldReader): Promise<undefined> {
  const sha256 = body.text('sha256', { maxLength: 64 })
  const agree = body.flag('agree', false)
  const operator = body.text('operator', { maxLength: 120 })
  const pin = readPin(body)
  if (!body.has('agree')) body.problem('agree', 'is missing')
  body.noOthers()
  if (agree) updates.agree(sha256, await prove(operator, pin))
  else updates.decline(sha256, operator)
}
