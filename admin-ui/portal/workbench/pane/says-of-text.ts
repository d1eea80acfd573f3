import type { Diagnostic } from '../../../../gateway/http-api/contract/policy-analysis.ts'

const ofTests: ReadonlySet<string> = new Set(['test_failed', 'test_too_slow'])

/** Whether a finding is about the text itself: that a test fails stands with the tests. */
export const saysOfText = ({ code }: Pick<Diagnostic, 'code'>): boolean => !ofTests.has(code)
