import { Button } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { formatNumber } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { ProblemNote } from '../../parts/problem-note.tsx'
import { ProgressLine } from '../parts/progress-line.tsx'
import type { MatrixAsked } from '../policy-api.ts'
import { PolicyProblem } from './policy-problem.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { useSimulationWords } from '../words/simulation-words.ts'

const pollMs = 700

/** Everyone and every machine counted in the background, since a page shows only a rectangle. */
export const MatrixCountLine = ({ filter, asOf }: { readonly filter: Omit<MatrixAsked, 'limit' | 'after'>; readonly asOf: number }) => {
  const words = useSimulationWords()
  const { language } = useLanguage()
  const api = usePolicyApi()
  const [counted, setCounted] = useState<{ readonly id: string; readonly of: string } | null>(null)
  const of = JSON.stringify([filter, asOf])
  const begin = useMutation({ mutationFn: () => api.countMatrix(filter), onSuccess: ({ id }) => setCounted({ id, of }) })
  const id = counted?.of === of ? counted.id : null
  const count = useQuery({
    queryKey: ['matrix-count', id],
    queryFn: () => api.matrixCount(id ?? ''),
    enabled: id !== null,
    refetchInterval: ({ state }) => (state.data === undefined || state.data.state === 'running' ? pollMs : false),
  })
  const number = (value: number): string => formatNumber(language, value)
  if (id === null) {
    return (
      <div>
        <PolicyProblem error={begin.error} />
        <Button variant="outline" loading={begin.isPending} onClick={() => begin.mutate()}>
          {words.countAll}
        </Button>
      </div>
    )
  }
  const { data } = count
  return (
    <div className="stack">
      <ProblemNote error={count.error} onRetry={() => void count.refetch()} />
      {data === undefined || data.failure === null ? null : <p className="danger">{data.failure.message}</p>}
      {data === undefined || data.state === 'running' ? (
        <ProgressLine
          done={data?.done ?? 0}
          total={data?.total ?? 0}
          word={words.counting(number(data?.done ?? 0), number(data?.total ?? 0))}
        />
      ) : null}
      {data?.state === 'done' ? (
        <>
          <p role="status">
            <strong>{words.counted(number(data.counts.wider), number(data.counts.narrower), number(data.counts.limits))}</strong>
          </p>
          {data.wider.length === 0 ? null : (
            <section>
              <h3>{words.firstWider}</h3>
              <ul className="names">
                {data.wider.map(({ person, machine }) => (
                  <li key={`${person.id} ${machine.id}`}>{words.onMachine(person.name, machine.name)}</li>
                ))}
              </ul>
            </section>
          )}
        </>
      ) : null}
    </div>
  )
}
