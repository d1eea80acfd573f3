import type { PersonId } from '../../basics/ids.ts'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import type { DecisionRecord } from '../../decisions/decision.ts'
import type { ShadowDecisions } from '../../decisions/shadow-decisions.ts'
import { administrator, type NewEvent } from '../../ledger/event.ts'
import { demandRevision } from '../revisions/review-revision.ts'
import { provenBundle } from './activate-revision.ts'
import type { PolicyRoom } from './policy-room.ts'

export type CanaryTarget = { readonly draft: string } | { readonly revision: string }

/** A draft or a revision in the shadow of the active one. It ends with the gateway's process: it is for looking, and decides nothing. */
export interface RunningCanary {
  readonly draft: string | null
  readonly revision: string
  readonly by: PersonId
  /** Unix milliseconds: when it was put there, or since when it is compared with what is active now. */
  readonly since: number
  readonly shadow: ShadowDecisions
}

export interface Canary {
  readonly running: RunningCanary | null
  /** In the place of one that ran. @throws CodedError `draft_unknown`, `revision_unknown`, `policy_does_not_compile`, `policy_not_loadable` */
  put(target: CanaryTarget, by: PersonId): Promise<RunningCanary>
  remove(by: PersonId): Promise<void>
  offer(records: readonly DecisionRecord[]): void
  close(): Promise<void>
}

export interface CanaryPorts {
  readonly room: PolicyRoom
  readonly startShadow: (policy: CompiledPolicy) => Promise<ShadowDecisions>
  /** What is in a draft now, compiled. */
  readonly draftPolicy: (draft: string) => Promise<CompiledPolicy>
  readonly record: (events: readonly NewEvent[]) => Promise<void>
}

export function createCanary({ room, startShadow, draftPolicy, record }: CanaryPorts): Canary {
  const { clock, organisation } = room.ports
  let running: RunningCanary | null = null
  let last: Promise<unknown> = Promise.resolve()

  const inTurn = <Result>(step: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(step)
    last = turn.catch(() => {})
    return turn
  }
  const stop = async (): Promise<void> => {
    const ended = running
    running = null
    await ended?.shadow.close()
  }
  const tell = async (by: PersonId, detail: { readonly draft: string | null; readonly revision: string | null }): Promise<void> => {
    const log = { kind: 'o', organisation } as const
    await record([{ log, type: 'policy.canary_changed', session: null, actor: administrator(by), detail }])
    room.tell({ what: 'canary', by })
  }

  const off = room.onNews(({ what, revision }) => {
    if (what !== 'activated' || running === null) return
    if (running.revision === revision) return void inTurn(stop)
    running.shadow.begin()
    running = { ...running, since: clock.nowMs() }
  })

  return {
    get running() {
      return running
    },
    put: (target, by) =>
      inTurn(async () => {
        const draft = 'draft' in target ? target.draft : null
        const policy = 'draft' in target ? await draftPolicy(target.draft) : await revisionPolicy(room, target.revision)
        const shadow = await startShadow(policy)
        try {
          await tell(by, { draft, revision: policy.revision })
        } catch (error) {
          await shadow.close()
          throw error
        }
        await stop()
        return (running = { draft, revision: policy.revision, by, since: clock.nowMs(), shadow })
      }),
    remove: (by) =>
      inTurn(async () => {
        if (running === null) return
        await tell(by, { draft: null, revision: null })
        await stop()
      }),
    offer(records) {
      if (running !== null) for (const one of records) running.shadow.offer(one)
    },
    async close() {
      off()
      await inTurn(stop)
    },
  }
}

async function revisionPolicy(room: PolicyRoom, revision: string): Promise<CompiledPolicy> {
  await demandRevision(room, revision)
  return (await provenBundle(room, revision)).policy
}
