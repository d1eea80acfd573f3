import type { OperatorProof } from '../wire/approval.ts'

/** Somebody at this machine who may press. */
export interface Operator {
  /** As people see it, here and at the gateway; may be a pseudonym. */
  readonly name: string
  /** Of his PIN ({@link hashPin}); null where the site runs without PINs. */
  readonly pinHash: string | null
  /** With his PIN he may loosen the mode of a service. */
  readonly mayLoosen: boolean
}

declare const identified: unique symbol

/** Who presses, after `identify` has checked it: what widens takes nobody else. */
export interface IdentifiedOperator {
  readonly name: string
  readonly proof: OperatorProof
  readonly mayLoosen: boolean
  readonly [identified]: true
}
