import type { DecisionInput } from '../../decisions/decision-input.ts'

/** As far as it is read here: `approvers` of the policy's data, for a site or a product line. */
interface Bound {
  readonly operators?: readonly string[]
  readonly proof?: string
  readonly modes?: readonly string[]
}

type Mode = NonNullable<DecisionInput['approval']>['mode']

/** The button for this very session first: what people mean by "agreed", where it counts. */
const modes = ['attended', 'reconnect', 'planned', 'unattended'] as const satisfies readonly Mode[]
const proofs = ['none', 'pin', 'hardware'] as const

/**
 * "If its operator agreed" means one who may: an approval that is only assumed (without a name) gets the name, the proof and the kind that the policy's
 * data ask for at this machine. Where site and product line name nobody in common, nobody may, and it stays without a name; so with the kinds. A real one is left as it is.
 */
export function approvedByWhoMay(data: unknown, input: DecisionInput): DecisionInput {
  const { approval, device } = input
  if (approval === null || approval.operator !== '') return input
  const bounds = [boundOf(data, 'site', device.site), boundOf(data, 'product_line', device.product_line)]
  const lists = bounds.flatMap(({ operators }) => (Array.isArray(operators) ? [operators as readonly string[]] : []))
  const [first = []] = lists
  const operator = first.find((name) => name !== input.technician.name && lists.every((list) => list.includes(name))) ?? ''
  const proof = proofs[Math.max(0, ...bounds.map((bound) => proofs.findIndex((one) => one === bound.proof)))] ?? 'none'
  const kinds = bounds.flatMap((bound) => (Array.isArray(bound.modes) ? [bound.modes as readonly string[]] : []))
  const mode = modes.find((one) => kinds.every((list) => list.includes(one))) ?? approval.mode
  const asItIs = operator === '' && proof === 'none' && mode === approval.mode
  return asItIs ? input : { ...input, approval: { ...approval, operator, proof, mode } }
}

function boundOf(data: unknown, kind: 'site' | 'product_line', name: string): Bound {
  const found = memberOf(memberOf(memberOf(data, 'approvers'), kind), name)
  return typeof found === 'object' && found !== null ? found : {}
}

const memberOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Readonly<Record<string, unknown>>)[name] : undefined
