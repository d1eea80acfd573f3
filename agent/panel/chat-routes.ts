import type { ApprovalDesk } from '../approvals/desk-contract.ts'
import type { FieldReader } from '../settings/field-reader.ts'
import type { ChatStore } from '../state/chat-store.ts'
import { longestChatText, mostChatMessages } from '../wire/chat.ts'
import type { ChatAnswerBody } from './panel-api.ts'

export interface ChatRoutesOptions {
  readonly desk: ApprovalDesk
  readonly chat: ChatStore
}

/** `POST /api/session/chat` */
export function sayInSession({ desk }: ChatRoutesOptions, _name: string, body: FieldReader): undefined {
  const text = body.text('text', { maxLength: longestChatText })
  const operator = body.nullableText('operator', { maxLength: 120 })
  body.noOthers()
  desk.say(text, operator)
}

/** `GET /api/chat/{session}` */
export function readChat({ chat }: ChatRoutesOptions, session: string): ChatAnswerBody {
  return { messages: chat.newest(session, mostChatMessages) }
}
