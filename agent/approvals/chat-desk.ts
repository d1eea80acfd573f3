import { AgentError } from '../basics/agent-error.ts'
import type { Clock } from '../basics/clock.ts'
import type { OperatorList } from '../operators/operator-list.ts'
import type { ChatStore } from '../state/chat-store.ts'
import type { AgentEventBody } from '../state/event-store.ts'
import type { ChatMessage } from '../wire/chat.ts'
import type { LiveSession } from './approval-state.ts'
import type { DurableRecords } from './durable-records.ts'

/** What both sides of the session that lives write to each other. It opens nothing and holds nothing up. */
export interface ChatDesk {
  /** Somebody at the panel writes, under a name of the list or none. @throws AgentError `no_session`, `unknown_operator`, `not_durable` */
  say(text: string, by: string | null): void
  /** The technician writes. @throws AgentError `no_session`, `not_durable` */
  hear(session: string, text: string): ChatMessage
}

export interface ChatDeskOptions {
  readonly chat: ChatStore
  readonly operators: OperatorList
  readonly records: DurableRecords
  readonly event: (body: AgentEventBody) => void
  readonly live: () => LiveSession | null
  readonly clock: Clock
  readonly onChange: () => void
}

export function createChatDesk({ chat, operators, records, event, live, clock, onChange }: ChatDeskOptions): ChatDesk {
  const there = (): LiveSession => {
    const session = live()
    if (session === null) throw new AgentError({ code: 'no_session', message: 'There is no session.' })
    return session
  }
  return {
    say: (text, by) => {
      if (by !== null) operators.known(by)
      const { id: session } = there()
      records.commit(() => {
        const message = chat.put(session, { at: clock.nowMs(), from: 'operator', name: by, text })
        event({ type: 'chat.said', session, message })
      })
      onChange()
    },
    hear: (session, text) => {
      const { id, technician } = there()
      if (id !== session) throw new AgentError({ code: 'no_session', message: 'This session is not live.' })
      const heard: ChatMessage[] = []
      records.commit(() => {
        heard.push(chat.put(session, { at: clock.nowMs(), from: 'technician', name: technician.name, text }))
      })
      onChange()
      return heard[0]!
    },
  }
}
