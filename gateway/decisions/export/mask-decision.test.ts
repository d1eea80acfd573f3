import { describe, expect, it } from 'vitest'
import { exampleDecisionInput } from '../example-decision-input.ts'
import { decisionInputSchema } from '../decision-input.ts'
import type { DecisionResult } from '../decision-result.ts'
import { maskDecision, maskedText } from './mask-decision.ts'

const result = (...messages: string[]): DecisionResult => ({
  allow: false,
  denials: messages.map((message) => ({ code: 'no_training', message })),
  missing: [],
  limits: { max_duration_s: 0, services: [], transfer: false, record: true, on_unexplained: 'mark', request_rules: [] },
  valid_until: 1_795_500_060,
})

describe('a masked decision', () => {
  it('names nobody, says where something is hidden, and is still an input of the contract', () => {
    const { input, masked } = maskDecision({ input: exampleDecisionInput(), result: result() })
    expect(JSON.stringify(input)).not.toMatch(/Mia|Sommer|Olga|Brandt|Feeder|127\.0\.0\.1/)
    expect(masked).toEqual(['/input/technician/name', '/input/approval/operator', '/input/session/purpose', '/input/context/ip'])
    expect(decisionInputSchema.parse(input)).toEqual(input)
    const { id, regions, trainings } = exampleDecisionInput().technician
    expect(input.technician).toMatchObject({ id, regions, trainings })
  })

  it('hides a message in which the policy wrote what is hidden, and no other one', () => {
    const shown = maskDecision({ input: exampleDecisionInput(), result: result('No training for presses.', 'Mia Sommer has no training.') })
    expect(shown.result.denials.map(({ message }) => message)).toEqual(['No training for presses.', maskedText])
    expect(shown.masked).toContain('/result/denials/1/message')
  })

  it('leaves what is not there as it is', () => {
    const input = exampleDecisionInput({ approval: null, session: null, context: { ip: null } })
    expect(maskDecision({ input, result: result() })).toEqual({
      input: { ...input, technician: { ...input.technician, name: maskedText } },
      result: result(),
      masked: ['/input/technician/name'],
    })
  })
})
