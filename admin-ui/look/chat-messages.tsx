import { useEffect, useRef } from 'react'
import { chatWords } from '../words/chat-words.ts'
import { formatClock } from '../words/format.ts'
import { useLanguage, useWords } from '../words/language.tsx'
import { ExactTime } from './exact-time.tsx'

export interface ChatLine {
  readonly n: number
  /** Unix milliseconds. */
  readonly at: number
  readonly from: 'operator' | 'technician'
  readonly name: string | null
  readonly text: string
}

export interface ChatMessagesProps {
  readonly messages: readonly ChatLine[]
  /** Whose page it is; null: of somebody who reads along. */
  readonly side: 'operator' | 'technician' | null
}

/** What was written, the newest in sight. Text and nothing else. */
export const ChatMessages = ({ messages, side }: ChatMessagesProps) => {
  const words = useWords(chatWords)
  const { language } = useLanguage()
  const list = useRef<HTMLDivElement>(null)
  const newest = messages.at(-1)?.n ?? 0
  useEffect(() => {
    if (newest > 0) list.current?.scrollTo({ top: list.current.scrollHeight })
  }, [newest])
  return (
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- it scrolls, and has to by its keys as well
    <div ref={list} className="chat-messages" role="log" aria-label={words.title} tabIndex={0}>
      {messages.length === 0 ? <p className="chat-none">{words.empty}</p> : null}
      {(messages[0]?.n ?? 1) > 1 ? <p className="chat-none">{words.earlier}</p> : null}
      {messages.map(({ n, at, from, name, text }) => (
        <div key={`${from} ${n}`} className="chat-message" data-mine={from === side || undefined}>
          <div className="chat-head">
            <strong>{name ?? words.operator}</strong>
            {from === side && from === 'technician' ? ` (${words.you})` : null} <ExactTime at={at} text={formatClock(language, at)} />
          </div>
          <div>{text}</div>
        </div>
      ))}
    </div>
  )
}
