import { CodedError } from '../../basics/coded-error.ts'
import type { PersonId } from '../../basics/ids.ts'
import type { Activation } from '../revisions/revision.ts'
import { demandOther, provenBundle } from './activate-revision.ts'
import { impactInTime } from './activation-impact.ts'
import { carryOutActivation, type CarriedOut } from './carry-out-activation.ts'
import { policyClosed } from './policy-alarm.ts'
import { demandActive, type PolicyRoom } from './policy-room.ts'
import { secondPerson, type Waiting } from './second-person.ts'

export interface RollBackOrder {
  /** Undefined: the predecessor. */
  readonly to: string | undefined
  readonly by: PersonId
  readonly expectedActive: string | null
  readonly comment: string
}

/**
 * Back to what was active before. One person takes back the newest activation; for any other step, back or forward, a second one has to ask for exactly
 * the same (with four eyes): whoever went back once does not go on alone.
 * Tests and coverage never stand against it.
 *
 * @throws CodedError `never_active`, `stale_version`, `already_active`, `policy_damaged`, `policy_not_loadable`, `policy_closed`
 */
export function rollBack(room: PolicyRoom, order: RollBackOrder): Promise<(CarriedOut & { readonly revision: string }) | Waiting> {
  return room.inTurn(async () => {
    if (room.active === null) throw policyClosed()
    demandActive(room, order.expectedActive)
    const before = await earlierPolicies(room)
    const to = order.to ?? before[0]
    if (to !== undefined) demandOther(room, to)
    if (to === undefined || !(await wasActive(room, to)))
      throw new CodedError({ code: 'never_active', message: 'There is no such earlier policy to go back to.', remedy: 'conflict' })
    let approvedBy: PersonId | null = null
    if (room.ports.fourEyes && to !== (await loneStepBack(room))) {
      const second = await secondPerson(room, {
        what: 'roll_back',
        by: order.by,
        step: { to, from: room.active.revision },
        comment: order.comment,
      })
      if ('waiting' in second) return second
      approvedBy = second.first
    }
    const bundle = await provenBundle(room, to)
    const done = await carryOutActivation(room, {
      bundle,
      kind: 'roll_back',
      by: order.by,
      approvedBy,
      comment: order.comment,
      impact: await impactInTime(room, bundle.policy),
    })
    return { ...done, revision: to }
  })
}

/**
 * Where one person alone may go: to what the active policy took the place of, as long as it came by an ordinary activation. Null after a step back, and
 * after a recovery, which two administrators signed.
 */
export async function loneStepBack({ ports, active }: PolicyRoom): Promise<string | null> {
  const newest = await ports.store.newestActivation()
  if (newest === undefined || active === null || newest.sequence !== active.sequence) return null
  return newest.kind === 'activate' || newest.kind === 'release' ? newest.previous : null
}

/** What was active before the one that is, nearest first. */
export async function earlierPolicies(room: PolicyRoom): Promise<readonly string[]> {
  const all: Activation[] = []
  for (let after: string | null = null; ;) {
    const page = await room.ports.store.listActivations({}, { limit: 200, after })
    all.push(...page.items)
    after = page.next
    if (after === null) break
  }
  const line = lineOf(all.toReversed())
  const active = room.active?.revision
  return (line.at(-1) === active ? line.slice(0, -1) : line).toReversed()
}

/**
 * The line of policies up to the active one, oldest first. A step back takes what came after it out of the line: whoever went back once and goes
 * back again does not come to what was left.
 */
export function lineOf(activations: readonly Pick<Activation, 'revision' | 'kind'>[]): readonly string[] {
  const line: string[] = []
  for (const { revision, kind } of activations) {
    const at = kind === 'roll_back' ? line.lastIndexOf(revision) : -1
    if (at >= 0) line.splice(at + 1)
    else line.push(revision)
  }
  return line
}

async function wasActive(room: PolicyRoom, revision: string): Promise<boolean> {
  return (await room.ports.store.findRevision(revision))?.wasActive === true
}
