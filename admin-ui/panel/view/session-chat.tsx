import { NativeSelect } from '@mantine/core'
import { useState } from 'react'
import type { PanelSession, PanelState } from '../../../agent/panel/panel-api.ts'
import { ChatForm } from '../../look/chat-form.tsx'
import { ChatMessages } from '../../look/chat-messages.tsx'
import { chatWords } from '../../words/chat-words.ts'
import { useWords } from '../../words/language.tsx'
import { useAct } from '../api/use-act.ts'
import type { Panel } from '../api/use-panel.ts'
import { PanelProblemLine } from './panel-problem.tsx'

export interface SessionChatProps {
  readonly panel: Panel
  readonly state: PanelState
  readonly session: PanelSession
}

/** A word with the technician, beside the session and never in its way. */
export const SessionChat = ({ panel, state, session }: SessionChatProps) => {
  const words = useWords(chatWords)
  const act = useAct(panel.take)
  const [name, setName] = useState(state.operators.length === 1 ? (state.operators[0] ?? '') : '')
  const say = (text: string): Promise<boolean> =>
    new Promise((resolve) => {
      act.run(async () => {
        try {
          const next = await panel.client.say({ text, operator: name === '' ? null : name })
          resolve(true)
          return next
        } catch (error) {
          resolve(false)
          throw error
        }
      })
    })
  return (
    <section className="chat" aria-labelledby="chat">
      <h2 id="chat">{words.title}</h2>
      <ChatMessages messages={session.chat} side="operator" />
      <PanelProblemLine text={act.problem} />
      <ChatForm busy={act.busy || panel.lost} onSend={say}>
        <NativeSelect
          size="lg"
          aria-label={words.as}
          value={name}
          data={[{ value: '', label: words.noName }, ...state.operators.map((one) => ({ value: one, label: one }))]}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </ChatForm>
      <p className="quiet-text">{words.kept}</p>
    </section>
  )
}
