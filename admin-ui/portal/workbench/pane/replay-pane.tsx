import { Button, NativeSelect } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import type { PolicyTarget, Replay } from '../../../../gateway/http-api/contract/policy-simulations.ts'
import { formatNumber } from '../../../words/format.ts'
import { useLanguage } from '../../../words/language.tsx'
import { ProgressLine } from '../parts/progress-line.tsx'
import { PolicyProblem } from './policy-problem.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { useSimulationWords } from '../words/simulation-words.ts'
import { ReplayChanges } from './replay-changes.tsx'
import { OutdatedNote, useAsOf } from './use-as-of.tsx'

const pollMs = 400
const dayMs = 86_400_000
const periods = { day: dayMs, week: 7 * dayMs, all: null } as const

/** What was really asked, asked again: newly allowed first. */
export const ReplayPane = ({ target, version }: { readonly target: PolicyTarget; readonly version: number }) => {
  const words = useSimulationWords()
  const api = usePolicyApi()
  const { outdated, renew } = useAsOf(version)
  const [period, setPeriod] = useState<keyof typeof periods>('all')
  const [against, setAgainst] = useState<'log' | 'active'>('log')
  const [id, setId] = useState<string | null>(null)
  const begin = useMutation({
    mutationFn: () => {
      const span = periods[period]
      return api.replay({ target, against, ...(span === null ? {} : { from_ms: Date.now() - span }) })
    },
    onSuccess: (replay) => {
      setId(replay.id)
      renew()
    },
  })
  const replay = useQuery({
    queryKey: ['replay', id],
    queryFn: () => api.replayState(id ?? ''),
    enabled: id !== null,
    refetchInterval: ({ state }) => (state.data === undefined || state.data.state === 'running' ? pollMs : false),
  })
  const stop = useMutation({ mutationFn: () => api.endReplay(id ?? ''), onSettled: () => void replay.refetch() })
  const running = id !== null && (replay.data === undefined || replay.data.state === 'running') && replay.error === null
  return (
    <div className="stack">
      <p className="quiet">{words.replayIntro}</p>
      <div className="stack">
        <NativeSelect
          label={words.period}
          value={period}
          data={Object.entries(words.periods).map(([value, label]) => ({ value, label }))}
          onChange={(event) => setPeriod(event.currentTarget.value as keyof typeof periods)}
        />
        <NativeSelect
          label={words.against}
          value={against}
          data={Object.entries(words.againsts).map(([value, label]) => ({ value, label }))}
          onChange={(event) => setAgainst(event.currentTarget.value as 'log' | 'active')}
        />
      </div>
      {running ? (
        <Running replay={replay.data} onStop={() => stop.mutate()} />
      ) : (
        <Button loading={begin.isPending} onClick={() => begin.mutate()}>
          {words.startReplay}
        </Button>
      )}
      <PolicyProblem error={begin.error ?? replay.error} />
      {id === null ? null : <OutdatedNote outdated={outdated && !running} onRenew={() => begin.mutate()} />}
      {replay.data === undefined || running ? null : <Done replay={replay.data} />}
    </div>
  )
}

const Running = ({ replay, onStop }: { readonly replay: Replay | undefined; readonly onStop: () => void }) => {
  const words = useSimulationWords()
  const { language } = useLanguage()
  const [done, total] = [replay?.done ?? 0, replay?.total ?? 0]
  return (
    <div className="row">
      <ProgressLine done={done} total={total} word={words.progress(formatNumber(language, done), formatNumber(language, total))} />
      <Button variant="outline" onClick={onStop}>
        {words.cancelReplay}
      </Button>
    </div>
  )
}

const countNames = ['newly_allowed', 'newly_denied', 'changed_limits', 'errors', 'same'] as const

const Done = ({ replay }: { readonly replay: Replay }) => {
  const words = useSimulationWords()
  const { language } = useLanguage()
  const changes = replay.done - replay.counts.same
  if (replay.state === 'done' && replay.total === 0) return <p role="status">{words.nothingToReplay}</p>
  return (
    <div className="stack">
      {replay.state === 'failed' || replay.state === 'cancelled' ? (
        <p className="danger">
          {words.states[replay.state]} {replay.failure?.message}
        </p>
      ) : null}
      <p role="status">{words.replayTook(formatNumber(language, replay.done), `${(replay.took_ms / 1000).toFixed(1)} s`)}</p>
      <dl className="counts">
        {countNames.map((name) => (
          <div key={name} data-count={name} data-none={replay.counts[name] === 0}>
            <dt>{words.kinds[name]}</dt>
            <dd className="numbers">{formatNumber(language, replay.counts[name])}</dd>
          </div>
        ))}
      </dl>
      {changes === 0 ? <p>{words.noChanges}</p> : <ReplayChanges replay={replay} />}
      {replay.remarks.length === 0 ? null : (
        <ul className="names quiet">
          {replay.remarks.map((remark) => (
            <li key={remark}>{words.remarks[remark] ?? remark}</li>
          ))}
        </ul>
      )}
    </div>
  )
}
