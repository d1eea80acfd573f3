import { CodedError } from '../../basics/coded-error.ts'
import type { PersonId } from '../../basics/ids.ts'
import { administrator } from '../../ledger/event.ts'
import { policyClosed } from '../activation/policy-alarm.ts'
import type { PolicyRoom } from '../activation/policy-room.ts'
import { checkSources } from '../check-sources.ts'
import { revisionOf, type PolicySources } from '../policy-files.ts'
import type { Judgement } from './judge-sources.ts'
import type { NewRevision, Revision } from './revision.ts'
import { authorsOfSameText, undecidedAuthors } from './undecided-authors.ts'

export interface RevisionOrder {
  readonly sources: PolicySources
  readonly author: PersonId
  /** Who wrote in it beside the author; whose words came with `parent`, or were copied, is found out. */
  readonly contributors: readonly PersonId[]
  readonly comment: string
  readonly parent: string | null
  readonly origin: 'draft' | 'git'
}

/**
 * Checks, tests and compiles sources, and keeps them for good. What does not fit the contract or does not compile is refused; red tests and low
 * coverage are kept with the revision, for a reviewer to see, and stand against its activation. The same sources are the same revision: whoever
 * submits them again gets the one that is there.
 *
 * @throws CodedError `policy_refused`, `policy_too_big`, `compiler_missing`, `compiler_busy`, `policy_closed`
 */
export async function createRevision(
  room: PolicyRoom,
  order: RevisionOrder,
): Promise<{ readonly revision: string; readonly created: boolean }> {
  const { judge, store } = room.ports
  if (judge === null) throw compilerMissing()
  if (room.signer === null) throw policyClosed()
  checkSources(order.sources)
  const revision = revisionOf(order.sources)
  if ((await store.findRevision(revision)) !== undefined) return { revision, created: false }
  const judgement = await judge.judge(order.sources)
  const inherited = await undecidedAuthors(store, order.parent)
  const copied = await authorsOfSameText(store, order.sources, room.active?.revision ?? null)
  const contributors = [...new Set([...order.contributors, ...inherited, ...copied])]
  try {
    await store.insertRevision(revisionFrom(room, { ...order, contributors }, judgement), [
      {
        log: { kind: 'o', organisation: room.ports.organisation },
        type: 'policy.submitted',
        session: null,
        actor: administrator(order.author),
        detail: { revision, parent: order.parent, origin: order.origin, comment: order.comment },
      },
    ])
  } catch (error) {
    // Somebody else submitted the very same in the meantime.
    if (error instanceof CodedError && error.code === 'revision_exists') return { revision, created: false }
    throw error
  }
  room.tell({ what: 'submitted', revision, by: order.author })
  return { revision, created: true }
}

function revisionFrom({ ports, signer }: PolicyRoom, order: RevisionOrder, { results, policy }: Judgement): NewRevision {
  if (policy === null || !results.check.ok) throw refused(results.check.output)
  if (signer === null) throw policyClosed()
  const facts: Revision = {
    revision: policy.revision,
    organisationId: ports.organisation,
    parent: order.parent,
    author: order.author,
    contributors: order.contributors.filter((person) => person !== order.author),
    origin: order.origin,
    comment: order.comment,
    createdAt: ports.clock.nowMs(),
    testsPassed: results.tests.passed,
    testsFailed: results.tests.failed,
    coveragePercent: results.coverage.decision_percent,
  }
  return { ...facts, sources: order.sources, policy, results, signature: signer.signBundle(policy) }
}

/** `rules/region.rego:12: rego_type_error: …` is a problem of that file, line by line. */
function refused(output: string): CodedError {
  const problems = output.split('\n').flatMap((line) => {
    const [, path, rest] = /(?:^|\s)([\w./-]+\.(?:rego|json):\d+): (.+)$/.exec(line) ?? []
    return path === undefined || rest === undefined ? [] : [{ path, message: rest.slice(0, 500) }]
  })
  const [first] = output.split('\n').filter((line) => line.trim() !== '')
  const words = problems.length > 0 ? 'Every problem is named with its file and line.' : (first ?? '').slice(0, 500)
  return new CodedError({
    code: 'policy_refused',
    message: `The policy does not fit its contract or does not compile. ${words}`.trim(),
    remedy: 'fix',
    problems: problems.slice(0, 100),
  })
}

export const compilerMissing = (): CodedError =>
  new CodedError({
    code: 'compiler_missing',
    message: 'There is no Rego compiler on the gateway’s machine, so nothing can be submitted. Put opa on its PATH, then start it again.',
    remedy: 'retry',
  })
