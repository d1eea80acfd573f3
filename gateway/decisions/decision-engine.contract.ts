import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CompiledPolicy } from './compiled-policy.ts'
import type { DecisionEngine } from './decision-engine.ts'
import type { DecisionInput } from './decision-input.ts'
import { exampleDecisionInput } from './example-decision-input.ts'

/** Every implementation of `DecisionEngine` passes this, with the shipped policy. */
export function decisionEngineContract(policy: () => Promise<CompiledPolicy>, create: (policy: CompiledPolicy) => Promise<DecisionEngine>) {
  describe('an engine of decisions', () => {
    let compiled: CompiledPolicy
    let engine: DecisionEngine
    beforeAll(async () => {
      compiled = await policy()
      engine = await create(compiled)
    })
    afterAll(() => engine.close())
    const disabled = (): DecisionInput => {
      const input = exampleDecisionInput()
      return { ...input, technician: { ...input.technician, status: 'disabled' } }
    }

    it('allows what the policy allows, under its revision and for 60 seconds at most', async () => {
      const input = exampleDecisionInput()
      const decision = await engine.decide(input)
      expect(decision).toMatchObject({ input, revision: compiled.revision, result: { allow: true, denials: [] } })
      expect(decision.result.valid_until).toBe(input.time.unix + 60)
    })

    it('answers many in the order of the questions, each with its reasons', async () => {
      const decisions = await engine.decideMany([exampleDecisionInput(), disabled(), exampleDecisionInput()])
      expect(decisions.map(({ result }) => result.allow)).toEqual([true, false, true])
      expect(decisions[1]?.result.denials.map(({ code }) => code)).toContain('account_disabled')
      expect(await engine.decideMany([])).toEqual([])
    })

    it('denies what does not fit the contract of the policy', async () => {
      const input = { ...exampleDecisionInput(), action: 'dance' } as unknown as DecisionInput
      expect((await engine.decide(input)).result).toMatchObject({ allow: false, denials: [{ code: 'policy_error' }] })
    })

    it('tells listeners of another revision once it is active, until they stop listening', async () => {
      const heard: string[] = []
      const off = engine.onActivated((revision) => heard.push(`${revision} ${engine.revision}`))
      const revision = `sha256:${'5'.repeat(64)}`
      await engine.activate({ ...compiled, revision })
      off()
      expect(heard).toEqual([`${revision} ${revision}`])
      expect((await engine.decide(exampleDecisionInput())).revision).toBe(revision)
      await engine.activate(compiled)
      expect(heard).toHaveLength(1)
    })

    it('denies everything once it is closed', async () => {
      await engine.close()
      expect((await engine.decide(exampleDecisionInput())).result).toMatchObject({ allow: false, denials: [{ code: 'policy_error' }] })
    })
  })
}
