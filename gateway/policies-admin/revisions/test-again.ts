import type { PersonId } from '../../basics/ids.ts'
import { administrator } from '../../ledger/event.ts'
import { provenBundle } from '../activation/activate-revision.ts'
import type { PolicyRoom } from '../activation/policy-room.ts'
import { compilerMissing } from './create-revision.ts'
import { demandRevision } from './review-revision.ts'

/**
 * Runs check and tests of a revision once more: one that was red because the machine had too much to do is not red for good. The revision stays as it
 * is; the newest run counts, and each is kept with who asked for it.
 *
 * @throws CodedError `revision_unknown`, `policy_damaged`, `compiler_missing`, `compiler_busy`
 */
export async function testAgain(room: PolicyRoom, order: { readonly revision: string; readonly by: PersonId }): Promise<void> {
  const { judge, store, clock, organisation } = room.ports
  const { revision, by } = order
  await demandRevision(room, revision)
  if (judge === null) throw compilerMissing()
  const { sources } = await provenBundle(room, revision)
  const results = await judge.test(sources)
  const { passed, failed } = results.tests
  await store.insertTestRun({ revision, by, at: clock.nowMs(), results }, organisation, [
    {
      log: { kind: 'o', organisation },
      type: 'policy.tested',
      session: null,
      actor: administrator(by),
      detail: { revision, passed, failed },
    },
  ])
  room.tell({ what: 'tested', revision, by })
}
