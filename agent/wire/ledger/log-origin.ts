import { fromDecimal } from './bytes.ts'
import { LedgerFormatError } from './ledger-format-error.ts'

/** `m` is written by the machine, `g` by the gateway about one machine, `o` by the gateway about an organisation. */
export type LogKind = 'm' | 'g' | 'o'

export interface LogOrigin {
  readonly trustDomain: string
  readonly kind: LogKind
  /** Of the device or the organisation. */
  readonly id: string
  /** From 1. */
  readonly epoch: number
}

const idPattern = /^[a-z0-9._-]{1,64}$/
const domainPattern = /^[a-z0-9.-]{1,255}$/

/** `<trust domain>/<kind>/<id>/<epoch>`. @throws LedgerFormatError */
export function parseOrigin(text: string): LogOrigin {
  const [trustDomain = '', kind, id = '', epochText = '', ...rest] = text.split('/')
  if ((kind !== 'm' && kind !== 'g' && kind !== 'o') || rest.length > 0 || !idPattern.test(id) || !domainPattern.test(trustDomain))
    throw new LedgerFormatError(`${JSON.stringify(text.slice(0, 400))} is not the origin of a log`)
  const epoch = fromDecimal(epochText, 'the epoch of a log')
  if (epoch === 0) throw new LedgerFormatError('the epochs of a log begin at 1')
  return { trustDomain, kind, id, epoch }
}

export const formatOrigin = ({ trustDomain, kind, id, epoch }: LogOrigin): string => `${trustDomain}/${kind}/${id}/${epoch}`
