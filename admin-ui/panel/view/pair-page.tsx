import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { FormEvent } from 'react'
import { GateMark } from '../../look/gate-mark.tsx'
import { useWords } from '../../words/language.tsx'
import { pairPanel } from '../api/panel-client.ts'
import { PanelProblemError } from '../api/panel-problem-error.ts'
import { panelWords } from '../words/panel-words.ts'
import { PanelMenu } from './panel-menu.tsx'
import { PanelProblemLine } from './panel-problem.tsx'

export interface PairPageProps {
  /** The problem that an automatic pairing by `#pair=` met, or null. */
  readonly failed: PanelProblemError['code'] | null
  readonly onPaired: (secret: string) => void
}

export const PairPage = ({ failed, onPaired }: PairPageProps) => {
  const words = useWords(panelWords)
  const [code, setCode] = useState('')
  const [busy, setBusy] = useState(false)
  const [problem, setProblem] = useState(failed)
  const pair = (event: FormEvent): void => {
    event.preventDefault()
    setBusy(true)
    setProblem(null)
    pairPanel(code.trim())
      .then(onPaired)
      .catch((error: unknown) => setProblem(error instanceof PanelProblemError ? error.code : 'internal'))
      .finally(() => setBusy(false))
  }
  return (
    <main className="panel-column">
      <GateMark open={false} size={72} />
      <h1>{words.pairTitle}</h1>
      <p>{words.pairText}</p>
      <PanelProblemLine text={problem === null ? null : problem === 'unreachable' ? words.unreachable : words.problems[problem]} />
      <form onSubmit={pair} className="panel-form">
        <TextInput
          label={words.code}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          autoComplete="one-time-code"
          autoCapitalize="characters"
          spellCheck={false}
          required
        />
        <Button type="submit" loading={busy}>
          {words.pair}
        </Button>
      </form>
      <PanelMenu />
    </main>
  )
}
