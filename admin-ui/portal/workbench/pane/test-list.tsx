import { Button } from '@mantine/core'
import { useState } from 'react'
import type { TestResult } from '../../../../gateway/http-api/contract/policy-analysis.ts'
import { StateBadge } from '../../../look/state-badge.tsx'
import { formatMilliseconds } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { breakable } from '../parts/breakable.tsx'
import { useCheckWords } from '../words/check-words.ts'

export type GoTo = (path: string, line: number, column?: number) => void

/** Of old failures nobody knows how long they took. */
type RanTest = Omit<TestResult, 'duration_us'> & { readonly duration_us: number | null }

export interface TestListProps {
  readonly tests: readonly RanTest[]
  /** What passes stands there from the beginning. */
  readonly whole: boolean
  readonly goTo: GoTo
}

/** Every test with its result and its time, what fails first. */
export const TestList = ({ tests, whole, goTo }: TestListProps) => {
  const words = useCheckWords()
  const { language } = useLanguage()
  const [all, setAll] = useState(whole)
  const failed = tests.filter(({ passed }) => !passed)
  const passed = tests.filter((test) => test.passed)
  return (
    <>
      <ul className="plain-list tests">
        {[...failed, ...(all ? passed : [])].map((test) => (
          <li key={`${test.path} ${test.name}`}>
            <StateBadge look={test.passed ? 'good' : 'bad'} word={test.passed ? words.passed : words.failed} />
            <button type="button" className="plain-button mono" title={test.path} onClick={() => goTo(test.path, test.line)}>
              {breakable(test.name.split('.').at(-1) ?? test.name)}
            </button>
            {test.duration_us === null ? null : (
              <span className="quiet numbers">{formatMilliseconds(language, test.duration_us / 1000)}</span>
            )}
            {test.output === '' ? null : (
              // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- a long text that scrolls must be reachable without a pointer
              <pre className="output" tabIndex={0} role="region" aria-label={words.outputOf(test.name)}>
                {test.output}
              </pre>
            )}
          </li>
        ))}
      </ul>
      {all || passed.length === 0 ? null : (
        <Button variant="outline" mt="sm" onClick={() => setAll(true)}>
          {words.showPassed(passed.length)}
        </Button>
      )}
    </>
  )
}
