import { IconMessage } from '@tabler/icons-react'
import type { PanelSession } from '../../../agent/panel/panel-api.ts'
import { chatWords } from '../../words/chat-words.ts'
import { useWords } from '../../words/language.tsx'

/** The technician's last word until somebody has answered it, above whatever else is on the screen; leads to the chat. */
export const ChatNote = ({ session }: { readonly session: PanelSession }) => {
  const words = useWords(chatWords)
  const last = session.chat.at(-1)
  if (last?.from !== 'technician') return null
  const toChat = (): void => {
    const field = document.querySelector<HTMLInputElement>('.chat-field input')
    field?.scrollIntoView({ block: 'center' })
    field?.focus({ preventScroll: true })
  }
  return (
    <button type="button" className="tool chat-note" onClick={toChat}>
      <IconMessage size={28} aria-hidden="true" />
      <span>
        <strong>{last.name ?? session.technician.name}:</strong> {words.said(last.text)}
      </span>
    </button>
  )
}
