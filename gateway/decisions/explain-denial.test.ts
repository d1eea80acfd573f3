import { describe, expect, it } from 'vitest'
import { denialCodes, missingCodes } from './denial-codes.ts'
import { denialTexts, missingTexts } from './denial-texts.ts'
import { explainDenial } from './explain-denial.ts'

const denied = {
  allow: false,
  denials: [
    { code: 'no_permission', message: 'a' },
    { code: 'no_permission', message: 'b' },
    { code: 'training_expired', message: 'c' },
  ],
  missing: ['training'],
} as const

describe('explainDenial', () => {
  it('says each reason once, with what would remove it, in the language asked for', () => {
    const explained = explainDenial({ ...denied, denials: [...denied.denials], missing: [...denied.missing] }, 'en')
    expect(explained.reasons.map((reason) => reason.code)).toEqual(['no_permission', 'training_expired'])
    expect(explained.reasons[1]?.reason).toBe('The training for this product line has expired.')
    expect(explained.missing).toEqual(['Valid training for the product line'])
    expect(explainDenial({ ...denied, denials: [...denied.denials], missing: [] }, 'de').reasons[1]?.remedy).toContain('Schulung')
  })

  it('has nothing to explain where access is allowed', () => {
    expect(explainDenial({ allow: true, denials: [], missing: [] }, 'de')).toEqual({ reasons: [], missing: [] })
  })

  it('has different, whole sentences in both languages for every code', () => {
    for (const code of denialCodes) {
      const { de, en } = denialTexts[code]
      for (const sentence of [de.reason, de.remedy, en.reason, en.remedy]) expect(sentence, code).toMatch(/^[A-ZÄÖÜ].{10,}\.$/)
      expect(de.reason).not.toBe(en.reason)
    }
    for (const code of missingCodes) expect(missingTexts[code].de).not.toBe('')
  })
})
