import { describe, expect, it } from 'vitest'
import { exampleDecisionInput } from '../../decisions/example-decision-input.ts'
import type { DecisionInput } from '../../decisions/decision-input.ts'
import { approvedByWhoMay } from './who-may-approve.ts'

const real = exampleDecisionInput()
const assumed: DecisionInput = { ...real, approval: real.approval === null ? null : { ...real.approval, operator: '' } }
const byWhom = (approvers: object, input = assumed): unknown => {
  const { approval } = approvedByWhoMay({ approvers }, input)
  return [approval?.operator, approval?.proof]
}
const site = (bound: object): object => ({ site: { Heidelberg: bound }, product_line: {} })

describe('an approval that is only assumed', () => {
  it('is given by somebody whom the data names, as he has to give it', () => {
    expect(byWhom(site({ operators: ['Ole Berg', 'Olga Brandt'] }))).toEqual(['Ole Berg', 'none'])
    expect(byWhom(site({ operators: ['Mia Sommer', 'Ole Berg'], proof: 'pin' }))).toEqual(['Ole Berg', 'pin'])
    expect(byWhom(site({ proof: 'hardware' }))).toEqual(['', 'hardware'])
  })

  it('is given by somebody who may for the site and for the product line', () => {
    const both = (operators: readonly string[]): object => ({
      site: { Heidelberg: { operators: ['Ole Berg', 'Olga Brandt'], proof: 'pin' } },
      product_line: { press: { operators, proof: 'none' } },
    })
    expect(byWhom(both(['Olga Brandt']))).toEqual(['Olga Brandt', 'pin'])
    expect(byWhom(both(['Somebody Else']))).toEqual(['', 'pin'])
  })

  it('is of a kind that counts, the button for this very session where it does', () => {
    const kindOf = (approvers: object): unknown => approvedByWhoMay({ approvers }, assumed).approval?.mode
    expect(kindOf(site({ modes: ['planned', 'attended'] }))).toBe('attended')
    expect(kindOf(site({ modes: ['unattended', 'planned'] }))).toBe('planned')
    const both = { site: { Heidelberg: { modes: ['planned', 'unattended'] } }, product_line: { press: { modes: ['unattended'] } } }
    expect(kindOf(both)).toBe('unattended')
    expect(kindOf({ ...both, product_line: { press: { modes: ['reconnect'] } } })).toBe('attended')
  })

  it('stays as it is where the data bounds nothing, or is none', () => {
    expect(approvedByWhoMay({ approvers: { site: { Kiel: { proof: 'pin' } } } }, assumed)).toBe(assumed)
    for (const data of [null, {}, { approvers: 7 }, { approvers: { site: { Heidelberg: 'x' } } }]) {
      expect(approvedByWhoMay(data, assumed)).toBe(assumed)
    }
  })
})

it('is not another one where it is real, or where there is none', () => {
  expect(approvedByWhoMay({ approvers: site({ operators: ['Ole Berg'] }) }, real)).toBe(real)
  const none = { ...real, approval: null }
  expect(approvedByWhoMay({ approvers: site({ operators: ['Ole Berg'] }) }, none)).toBe(none)
})
