import { Button, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { ReactNode } from 'react'
import { chatWords } from '../words/chat-words.ts'
import { useWords } from '../words/language.tsx'

/** As agent and gateway take it. */
const longest = 1_000

export interface ChatFormProps {
  readonly busy: boolean
  /** Resolves to whether it was said: what was not stays in the field. */
  readonly onSend: (text: string) => Promise<boolean>
  /** Stands before the field. */
  readonly children?: ReactNode
}

export const ChatForm = ({ busy, onSend, children }: ChatFormProps) => {
  const words = useWords(chatWords)
  const [text, setText] = useState('')
  const send = async (): Promise<void> => {
    const said = text.replaceAll(/\s+/gu, ' ').trim()
    if (said === '' || busy) return
    if (await onSend(said)) setText('')
  }
  return (
    <form
      className="chat-form"
      onSubmit={(event) => {
        event.preventDefault()
        void send()
      }}
    >
      {children}
      <TextInput
        className="chat-field"
        size="lg"
        aria-label={words.write}
        placeholder={words.write}
        maxLength={longest}
        autoComplete="off"
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
      />
      <Button type="submit" size="lg" variant="outline" aria-disabled={busy || undefined}>
        {words.send}
      </Button>
    </form>
  )
}
