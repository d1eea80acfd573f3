import { describe, expect, it } from 'vitest'
import { explainDenial } from './explain-denial.ts'
import type { DenialReason } from './policy-reasons.ts'

const closed: DenialReason = {
  granted_by: 'nobody',
  de: { reason: 'Der Standort ist geschlossen.', remedy: 'Bis zur Öffnung warten.' },
  en: { reason: 'The site is closed.', remedy: 'Wait until it opens.' },
}
const reasons = { denials: { outside_hours: closed } }

describe('explainDenial', () => {
  it('says what stands against it and what would remove it, in the language asked for', () => {
    const denial = { code: 'outside_hours', message: '' }
    expect(explainDenial(denial, { reasons, language: 'de' })).toEqual({ ...closed.de, grantedBy: 'nobody', act: null })
    expect(explainDenial(denial, { reasons, language: 'en' })).toEqual({ ...closed.en, grantedBy: 'nobody', act: null })
  })

  it('lets the rule speak for itself in English, since it may name more', () => {
    const denial = { code: 'outside_hours', message: 'Heidelberg is closed.' }
    expect(explainDenial(denial, { reasons, language: 'en' }).reason).toBe('Heidelberg is closed.')
    expect(explainDenial(denial, { reasons, language: 'de' }).reason).toBe('Der Standort ist geschlossen.')
  })

  it('shows the sentence of a rule without a text, or else its code', () => {
    expect(explainDenial({ code: 'other_thing', message: 'Not on Fridays.' }, { reasons, language: 'de' })).toEqual({
      reason: 'Not on Fridays.',
      remedy: '',
      grantedBy: null,
      act: null,
    })
    expect(explainDenial({ code: 'toString', message: '' }, { reasons, language: 'de' }).reason).toBe('toString')
    expect(explainDenial({ code: 'other_thing', message: '' }, { reasons, language: 'en' }).reason).toBe('other thing')
  })

  it('has texts of its own for an answer that no policy gave', () => {
    expect(explainDenial({ code: 'policy_error', message: '' }, { reasons: { denials: {} }, language: 'de' })).toMatchObject({
      grantedBy: 'security_team',
      reason: expect.stringContaining('Zugriffsregeln'),
    })
  })
})
