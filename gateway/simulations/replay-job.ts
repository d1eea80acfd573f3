import { newProgress, type BackgroundJob } from './background-jobs.ts'
import type { ComparedBatch, LoggedChange } from './questions/compare-logged.ts'
import type { PolicyTarget } from './simulation-room.ts'

export const changeKinds = ['newly_allowed', 'newly_denied', 'changed_limits', 'errors'] as const
export type ChangeKind = (typeof changeKinds)[number]
export type ChangeCounts = Record<ChangeKind, number>

export interface ReplayGroup extends Readonly<ChangeCounts> {
  readonly key: string
  readonly name: string
}

/** Changes of one kind that can be listed; beyond that they are only counted. */
const mostChanges = 5_000

/** One replay: what it has found so far. */
export class ReplayJob implements BackgroundJob {
  readonly id: string
  readonly target: PolicyTarget
  readonly revisions: { readonly target: string; readonly active: string }
  readonly against: 'log' | 'active'
  /** See `declaredCodes`: another one, that the tried policy gives, is not listed. */
  readonly declared: ReadonlySet<string>
  readonly progress = newProgress()
  readonly counts: ChangeCounts & { same: number } = { same: 0, newly_allowed: 0, newly_denied: 0, changed_limits: 0, errors: 0 }
  firstMs: number | null = null
  lastMs: number | null = null
  forgotten = false
  otherShape = 0
  otherRevisions = 0
  readonly #changes: Record<ChangeKind, LoggedChange[]> = { newly_allowed: [], newly_denied: [], changed_limits: [], errors: [] }
  readonly #groups = { rule: new Map<string, Group>(), person: new Map<string, Group>(), machine: new Map<string, Group>() }

  constructor(options: Pick<ReplayJob, 'id' | 'target' | 'revisions' | 'against' | 'declared'>) {
    this.id = options.id
    this.target = options.target
    this.revisions = options.revisions
    this.against = options.against
    this.declared = options.declared
  }

  take({ changes, same, otherShape, otherRevisions }: ComparedBatch): void {
    this.counts.same += same
    this.otherShape += otherShape
    this.otherRevisions += otherRevisions
    this.progress.done += same + changes.length
    for (const change of changes) this.#take(this.#withoutMadeUp(change))
  }

  /** How many can be listed. */
  get kept(): number {
    return changeKinds.reduce((sum, kind) => sum + this.#changes[kind].length, 0)
  }

  /** Newly allowed first; the newest of each kind first. */
  changes(): readonly LoggedChange[] {
    return changeKinds.flatMap((kind) => this.#changes[kind].toSorted((a, b) => b.timeMs - a.timeMs || (a.decision < b.decision ? -1 : 1)))
  }

  groups(by: 'rule' | 'person' | 'machine'): readonly ReplayGroup[] {
    const groups = [...this.#groups[by]].map(([key, group]) => ({ key, ...group }))
    return groups.toSorted(
      (a, b) =>
        b.newly_allowed - a.newly_allowed || b.newly_denied - a.newly_denied || b.changed_limits - a.changed_limits || b.errors - a.errors,
    )
  }

  #withoutMadeUp(change: LoggedChange): LoggedChange {
    const madeUp = new Set(change.kind === 'newly_allowed' ? [] : change.codes.filter((code) => !this.declared.has(code)))
    if (madeUp.size === 0) return change
    const kept = (names: readonly string[]): string[] => names.filter((name) => !madeUp.has(name))
    return { ...change, rules: kept(change.rules), codes: kept(change.codes) }
  }

  #take(change: LoggedChange): void {
    const { kind, rules, person, machine } = change
    this.counts[kind] += 1
    if (this.#changes[kind].length < mostChanges) this.#changes[kind].push(change)
    for (const rule of rules) count(this.#groups.rule, rule, rule, kind)
    count(this.#groups.person, person.id, person.name, kind)
    count(this.#groups.machine, machine, machine, kind)
  }
}

type Group = ChangeCounts & { readonly name: string }

function count(groups: Map<string, Group>, key: string, name: string, kind: ChangeKind): void {
  const group = groups.get(key) ?? { name, newly_allowed: 0, newly_denied: 0, changed_limits: 0, errors: 0 }
  group[kind] += 1
  groups.set(key, group)
}
