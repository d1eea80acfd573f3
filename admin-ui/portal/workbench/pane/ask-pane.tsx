import { Button, NativeSelect, Switch } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { PolicyTarget } from '../../../../gateway/http-api/contract/policy-simulations.ts'
import { PolicyProblem } from './policy-problem.tsx'
import { usePolicyApi } from '../use-policy-api.ts'
import { useSimulationWords } from '../words/simulation-words.ts'
import { AskAnswerView } from './ask-answer.tsx'
import { NameChoice } from './name-choice.tsx'
import type { Named } from './name-choice.tsx'

const kinds = ['why', 'who', 'what_would'] as const
type Kind = (typeof kinds)[number]
/** RFC 8176: what a sign-in with every factor that our identity provider knows would say. */
const everyFactor = ['pwd', 'otp', 'hwk', 'mfa']

/** Questions that the engine answers by evaluating. */
export const AskPane = ({ target }: { readonly target: PolicyTarget }) => {
  const words = useSimulationWords()
  const api = usePolicyApi()
  const [kind, setKind] = useState<Kind>('why')
  const [person, setPerson] = useState<Named | null>(null)
  const [machine, setMachine] = useState<Named | null>(null)
  const [approved, setApproved] = useState(true)
  const [strong, setStrong] = useState(false)
  const ask = useMutation({
    mutationFn: () =>
      api.ask({
        target,
        kind,
        machine: machine?.id ?? '',
        assume_approved: approved,
        ...(strong ? { methods: everyFactor } : {}),
        ...(kind === 'who' || person === null ? {} : { person: person.id }),
      }),
  })
  const ready = machine !== null && (kind === 'who' || person !== null)
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault()
        if (ready) ask.mutate()
      }}
    >
      <p className="quiet">{words.askIntro}</p>
      <NativeSelect
        label={words.question}
        value={kind}
        data={kinds.map((value) => ({ value, label: words.questions[value] }))}
        onChange={(event) => {
          setKind(event.currentTarget.value as Kind)
          ask.reset()
        }}
      />
      {kind === 'who' ? null : <NameChoice label={words.person} kind="people" target={target} value={person} onChange={setPerson} />}
      <NameChoice label={words.machine} kind="machines" target={target} value={machine} onChange={setMachine} />
      <div className="checks">
        <Switch label={words.assumeApproved} checked={approved} onChange={(event) => setApproved(event.currentTarget.checked)} />
        <Switch label={words.assumeStrong} checked={strong} onChange={(event) => setStrong(event.currentTarget.checked)} />
      </div>
      <Button type="submit" disabled={!ready} loading={ask.isPending}>
        {words.ask}
      </Button>
      <PolicyProblem error={ask.error} />
      <div aria-live="polite">{ask.data === undefined ? null : <AskAnswerView answer={ask.data} />}</div>
    </form>
  )
}
