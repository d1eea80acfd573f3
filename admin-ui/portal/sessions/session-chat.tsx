import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { Session } from '../../../gateway/http-api/contract/sessions.ts'
import { ChatForm } from '../../look/chat-form.tsx'
import { ChatMessages } from '../../look/chat-messages.tsx'
import { chatWords } from '../../words/chat-words.ts'
import { useWords } from '../../words/language.tsx'
import { useApi } from '../api/api-context.tsx'
import { ProblemNote } from '../parts/problem-note.tsx'

/** A word with whoever stands at the machine; others only read along. */
export const SessionChat = ({ session }: { readonly session: Session }) => {
  const words = useWords(chatWords)
  const api = useApi()
  const queries = useQueryClient()
  const say = useMutation({
    mutationFn: (text: string) => api.say(session.id, text),
    onSuccess: (next) => queries.setQueryData(['session', session.id], next),
  })
  const messages = session.messages.map(({ time_ms, ...message }) => ({ ...message, at: time_ms }))
  return (
    <section className="card chat" aria-labelledby="chat">
      <h2 id="chat">{words.title}</h2>
      <ChatMessages messages={messages} side={session.mine ? 'technician' : null} />
      <ProblemNote error={say.error} />
      {session.mine ? (
        <ChatForm
          busy={say.isPending}
          onSend={(text) =>
            say.mutateAsync(text).then(
              () => true,
              () => false,
            )
          }
        />
      ) : null}
      <p className="quiet">{words.kept}</p>
    </section>
  )
}
