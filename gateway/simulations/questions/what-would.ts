import type { ServiceName } from '../../basics/ids.ts'
import { accessSteps, inputOfStep, walk, type AccessStep, type Encounter } from './access-steps.ts'
import type { AskedPolicy } from './asked-policy.ts'
import { changesOf, withChanges, type Alternatives, type Changeable, type FactChange } from './fact-changes.ts'

export interface WhatWouldQuestion {
  readonly encounter: Encounter
  readonly service: ServiceName | null
  readonly upTo: AccessStep
  readonly changeable: Changeable
}

export interface WhatWouldAnswer {
  /** Nothing needs to change. */
  readonly allowed: boolean
  /** Smallest first. Each lets her in; without any one of its changes it does not. */
  readonly ways: readonly (readonly FactChange[])[]
  /** Walks that were evaluated. */
  readonly tried: number
  /** False: the search ended at its bound, and there may be other ways. */
  readonly complete: boolean
}

const mostTries = 3_000
const mostWays = 10

/**
 * What would let her in: found by trying. Each change of a fact that is possible is evaluated by itself; those that move anything are then tried
 * together, two, three and more of them, and only sets that let her in are answered. No rule is known here.
 */
export async function whatWould(policy: AskedPolicy, question: WhatWouldQuestion): Promise<WhatWouldAnswer> {
  const search = new Search(policy, question)
  if (await search.letsIn([])) return { allowed: true, ways: [], tried: search.tried, complete: true }
  const possible = changesOf(question.encounter, question.service, question.changeable)
  const helpful = await search.helpful(possible)
  const { ways, complete } = await smallestSets(search, helpful)
  if (ways.length > 0) return { allowed: false, ways, tried: search.tried, complete }
  const way = await fewerAndFewer(search, possible, helpful)
  return { allowed: false, ways: way === null ? [] : [way], tried: search.tried, complete: false }
}

class Search {
  tried = 0
  readonly #policy: AskedPolicy
  readonly #question: WhatWouldQuestion

  constructor(policy: AskedPolicy, question: WhatWouldQuestion) {
    this.#policy = policy
    this.#question = question
  }

  async letsIn(changes: readonly FactChange[]): Promise<boolean> {
    this.tried += 1
    const { encounter, service, upTo } = this.#question
    const steps = await walk(this.#policy, withChanges(encounter, changes), service, upTo)
    const last = steps.at(-1)
    return last?.action === upTo && last.result.allow
  }

  /** Those that take something away of what stands against it now; of alternatives that do the same, the first. */
  async helpful(possible: readonly Alternatives[]): Promise<readonly Alternatives[]> {
    const [now, said] = [await this.#against([], true), await this.#against([], false)]
    const slots: Alternatives[] = []
    for (const alternatives of possible) {
      const seen = new Set<string>()
      const kept: FactChange[] = []
      for (const change of alternatives) {
        // There are hundreds of instants: of them what is said counts, not each rule behind it.
        const deep = change.kind !== 'wait_until'
        const then = await this.#against([change], deep)
        const gone = [...(deep ? now : said)].filter((item) => !then.has(item)).join('\n')
        if (gone === '' || seen.has(gone)) continue
        seen.add(gone)
        kept.push(change)
      }
      if (kept.length > 0) slots.push(kept)
    }
    return slots
  }

  /** Everything that stands against any of the steps, as if each were asked for by itself. */
  async #against(changes: readonly FactChange[], deep: boolean): Promise<ReadonlySet<string>> {
    const { encounter, service, upTo } = this.#question
    const changed = withChanges(encounter, changes)
    const items = new Set<string>()
    for (const action of accessSteps.slice(0, accessSteps.indexOf(upTo) + 1)) {
      const input = inputOfStep(changed, action, action === 'view' ? null : service)
      const result = await this.#policy.decide(input)
      if (!result.allow) items.add(action)
      for (const { code, message } of result.denials) items.add(`${action} ${code} ${message}`)
      const rules = deep ? await this.#policy.explain(input) : null
      for (const rule of rules ?? []) if (!rule.satisfied) items.add(`${action} rule ${rule.rule}`)
    }
    return items
  }
}

/** Every set of slots by size; a set that holds one that lets her in already is no smallest one. */
async function smallestSets(
  search: Search,
  slots: readonly Alternatives[],
): Promise<{ readonly ways: readonly (readonly FactChange[])[]; readonly complete: boolean }> {
  const ways: (readonly FactChange[])[] = []
  const found: (readonly number[])[] = []
  for (let size = 1; size <= slots.length; size += 1) {
    for (const chosen of combinations(slots.length, size)) {
      if (found.some((smaller) => smaller.every((slot) => chosen.includes(slot)))) continue
      for (const changes of product(chosen.map((slot) => slots[slot] ?? []))) {
        if (search.tried >= mostTries || ways.length >= mostWays) return { ways, complete: false }
        if (!(await search.letsIn(changes))) continue
        ways.push(changes)
        found.push(chosen)
        break
      }
    }
  }
  return { ways, complete: true }
}

/** Changes that only help together: all of them at once, then one less as long as it still lets her in. Null: not even all of them do. */
async function fewerAndFewer(
  search: Search,
  possible: readonly Alternatives[],
  helpful: readonly Alternatives[],
): Promise<readonly FactChange[] | null> {
  const strongest = possible.flatMap((alternatives) => alternatives.slice(-1)).filter(({ kind }) => kind !== 'wait_until')
  const waits = helpful.flat().filter(({ kind }) => kind === 'wait_until')
  for (const all of [strongest, ...waits.map((wait) => [...strongest, wait])]) {
    if (!(await search.letsIn(all))) continue
    let kept: readonly FactChange[] = all
    for (let left = -1; left !== kept.length;) {
      left = kept.length
      for (const change of kept) {
        const without = kept.filter((other) => other !== change)
        if (await search.letsIn(without)) kept = without
      }
    }
    return kept
  }
  return null
}

function* combinations(count: number, size: number, from = 0): Generator<readonly number[]> {
  if (size === 0) return yield []
  for (let first = from; first <= count - size; first += 1)
    for (const rest of combinations(count, size - 1, first + 1)) yield [first, ...rest]
}

function* product(slots: readonly Alternatives[]): Generator<readonly FactChange[]> {
  const [first, ...others] = slots
  if (first === undefined) return yield []
  for (const change of first) for (const rest of product(others)) yield [change, ...rest]
}
