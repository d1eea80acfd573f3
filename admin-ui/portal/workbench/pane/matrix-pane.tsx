import { Button, Skeleton, Switch } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { MatrixPage, PolicyTarget } from '../../../../gateway/http-api/contract/policy-simulations.ts'
import { formatDuration, formatList } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { SearchField } from '../../parts/search-field.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { useSimulationWords } from '../words/simulation-words.ts'
import { CellAnswerDrawer } from './cell-answer.tsx'
import type { ChosenCell } from './cell-answer.tsx'
import { MatrixCountLine } from './matrix-count.tsx'
import { MatrixTable } from './matrix-table.tsx'
import { FollowsNote, useFollowed } from './use-as-of.tsx'

type Place = { readonly people: string | null; readonly machines: string | null }
const start: Place = { people: null, machines: null }
const limit = { people: 20, machines: 12 }

/** Everyone x every machine, page by page: who could do what, and what differs from what decides now. */
export const MatrixPane = ({ target, version }: { readonly target: PolicyTarget; readonly version: number }) => {
  const words = useSimulationWords()
  const { language } = useLanguage()
  const api = usePolicyApi()
  const { asOf, behind } = useFollowed(version)
  const [people, setPeople] = useState('')
  const [machines, setMachines] = useState('')
  const [place, setPlace] = useState(start)
  const [onlyChanged, setOnlyChanged] = useState(false)
  const [chosen, setChosen] = useState<ChosenCell | null>(null)
  const filter = {
    target,
    ...(people === '' ? {} : { people: { search: people } }),
    ...(machines === '' ? {} : { machines: { search: machines } }),
  }
  const matrix = useQuery({
    queryKey: ['matrix', filter, place, asOf],
    queryFn: () => api.matrix({ ...filter, limit, after: place }),
    placeholderData: keepPreviousData,
    retry: false,
  })
  const searched = (set: (text: string) => void) => (text: string) => {
    set(text)
    setPlace(start)
  }
  return (
    <div className="stack">
      <p className="quiet">{words.matrixIntro}</p>
      <FollowsNote behind={behind || matrix.isPlaceholderData} />
      <div className="pane-filters">
        <SearchField label={words.people} hint="" value={people} onChange={searched(setPeople)} />
        <SearchField label={words.machines} hint="" value={machines} onChange={searched(setMachines)} />
      </div>
      <div className="checks">
        <Switch label={words.onlyChanged} checked={onlyChanged} onChange={(event) => setOnlyChanged(event.currentTarget.checked)} />
      </div>
      <ProblemNote error={matrix.error} onRetry={() => void matrix.refetch()} />
      {matrix.isPending ? <Skeleton height={320} /> : null}
      {matrix.data === undefined ? null : (
        <>
          <p role="status">{totalsOf(matrix.data, words)}</p>
          <p className="quiet">
            {words.assumed(formatList(language, matrix.data.assumed.methods), formatDuration(matrix.data.assumed.duration_s))}
          </p>
          <MatrixTable page={matrix.data} onlyChanged={onlyChanged} onChoose={setChosen} />
          <div className="row">
            {matrix.data.next.machines === null ? null : (
              <Button variant="outline" onClick={() => setPlace({ ...place, machines: matrix.data.next.machines })}>
                {words.nextMachines}
              </Button>
            )}
            {matrix.data.next.people === null ? null : (
              <Button variant="outline" onClick={() => setPlace({ people: matrix.data.next.people, machines: null })}>
                {words.nextPeople}
              </Button>
            )}
            {place === start ? null : (
              <Button variant="subtle" onClick={() => setPlace(start)}>
                {words.firstPage}
              </Button>
            )}
          </div>
          <MatrixCountLine filter={filter} asOf={asOf} />
        </>
      )}
      <CellAnswerDrawer target={target} asOf={asOf} cell={chosen} onClose={() => setChosen(null)} />
    </div>
  )
}

const totalsOf = ({ totals }: MatrixPage, words: ReturnType<typeof useSimulationWords>): string =>
  totals.wider + totals.narrower + totals.limits === 0 ? words.noDifference : words.totals(totals.wider, totals.narrower, totals.limits)
