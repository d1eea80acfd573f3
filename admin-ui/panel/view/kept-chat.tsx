import { useState } from 'react'
import type { PanelChatMessage } from '../../../agent/panel/panel-api.ts'
import { ChatMessages } from '../../look/chat-messages.tsx'
import { chatWords } from '../../words/chat-words.ts'
import { useWords } from '../../words/language.tsx'
import type { PanelClient } from '../api/panel-client.ts'
import { panelWords } from '../words/panel-words.ts'
import { PanelProblemLine } from './panel-problem.tsx'

export interface KeptChatProps {
  readonly client: PanelClient
  readonly session: string
  readonly count: number
}

/** What was written in a session of the history, read when somebody wants to see it. */
export const KeptChat = ({ client, session, count }: KeptChatProps) => {
  const words = useWords(chatWords)
  const { unreachable } = useWords(panelWords)
  const [messages, setMessages] = useState<readonly PanelChatMessage[] | null>(null)
  const [failed, setFailed] = useState(false)
  const open = messages !== null
  const toggle = (): void => {
    setFailed(false)
    if (open) return setMessages(null)
    client.chatOf(session).then(
      (answer) => setMessages(answer.messages),
      () => setFailed(true),
    )
  }
  return (
    <div className="kept-chat">
      <button type="button" className="tool" aria-expanded={open} onClick={toggle}>
        {words.show(count)}
      </button>
      <PanelProblemLine text={failed ? unreachable : null} />
      {open ? <ChatMessages messages={messages} side="operator" /> : null}
    </div>
  )
}
