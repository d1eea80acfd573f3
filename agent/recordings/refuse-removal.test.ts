import { describe, expect, it } from 'vitest'
import type { IdentifiedOperator } from '../operators/operator.ts'
import { refuseRemoval } from './refuse-removal.ts'

const by = (proof: 'none' | 'pin' | 'hardware', mayLoosen: boolean): IdentifiedOperator =>
  ({ name: 'Olga', proof, mayLoosen }) as unknown as IdentifiedOperator

describe('taking away what was recorded', () => {
  it.each([
    [by('pin', true), { pins: true, occupied: false }, null],
    [by('pin', true), { pins: true, occupied: true }, null],
    [by('pin', false), { pins: true, occupied: false }, 'may_not_loosen'],
    [by('hardware', true), { pins: true, occupied: false }, 'may_not_loosen'],
    [by('none', true), { pins: true, occupied: false }, 'may_not_loosen'],
    [by('none', false), { pins: false, occupied: false }, null],
    [by('none', false), { pins: false, occupied: true }, 'needs_proof'],
    [by('hardware', false), { pins: false, occupied: true }, null],
  ])('by %j in %j is refused with %s', (who, situation, code) => {
    expect(refuseRemoval(who, situation)?.code ?? null).toBe(code)
  })
})
