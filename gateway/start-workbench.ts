import type { Running } from './basics/lifecycle.ts'
import { createPolicyTools } from './policies-admin/analysis/policy-tools.ts'
import { createDraftRoom } from './policies-admin/drafts/draft-room.ts'
import { readPolicyLanguage, type PolicyLanguage } from './policies-admin/language/policy-language.ts'
import { createRevision } from './policies-admin/revisions/create-revision.ts'
import { undecidedAuthors } from './policies-admin/revisions/undecided-authors.ts'
import type { Workbench } from './policies-admin/workbench.ts'
import type { Simulations } from './simulations/create-simulations.ts'
import { startSimulations, type StartSimulationsOptions } from './start-simulations.ts'

/** What the doors have of it. */
export interface RunningWorkbench extends Running {
  readonly workbench: Workbench
  readonly simulations: Simulations
}

/** Drafts, what an editor asks of the compiler, and what is known of a change before it is live. */
export function startWorkbench(options: StartSimulationsOptions): RunningWorkbench {
  const simulations = startSimulations(options)
  return { workbench: workbenchOf(options), simulations, drain: simulations.drain, close: simulations.close }
}

function workbenchOf({ settings, storage, policies, clock, random }: StartSimulationsOptions): Workbench {
  const { room, compiler, regal } = policies
  const contractDir = settings.policiesDir
  let language: PolicyLanguage | undefined
  return {
    drafts: createDraftRoom({
      store: storage.drafts,
      revisions: {
        active: () => room.active?.revision ?? null,
        sourcesOf: async (revision) => (await storage.policies.bundleOf(revision))?.sources,
        undecidedAuthors: (revision) => undecidedAuthors(storage.policies, revision),
        submit: (order) => createRevision(room, order),
      },
      organisation: room.ports.organisation,
      clock,
      random,
    }),
    tools: compiler === null ? null : createPolicyTools({ opa: compiler, regal, contractDir, clock }),
    language: () => (language ??= readPolicyLanguage(contractDir)),
  }
}
