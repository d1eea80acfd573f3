import type { Dictionary } from './language.tsx'

/** Of the chat between operator and technician, on both their pages. */
export interface ChatWords {
  readonly title: string
  readonly empty: string
  readonly write: string
  readonly send: string
  readonly you: string
  readonly operator: string
  /** While the session lives no more, or others read along. */
  readonly kept: string
  /** Older ones are not on this page. */
  readonly earlier: string
  readonly as: string
  readonly noName: string
  readonly show: (count: number) => string
  readonly said: (text: string) => string
}

export const chatWords: Dictionary<ChatWords> = {
  en: {
    title: 'Chat',
    empty: 'Nothing was written yet.',
    write: 'Write a message',
    send: 'Send',
    you: 'You',
    operator: 'Operator',
    kept: 'What is written here is kept in the history of both sides.',
    earlier: 'Earlier messages are in the history.',
    as: 'Write as',
    noName: 'Operator, no name',
    show: (count) => (count === 1 ? 'Chat: 1 message' : `Chat: ${count} messages`),
    said: (text) => `“${text}”`,
  },
  de: {
    title: 'Chat',
    empty: 'Noch nichts geschrieben.',
    write: 'Nachricht schreiben',
    send: 'Senden',
    you: 'Sie',
    operator: 'Bediener',
    kept: 'Was hier steht, bleibt im Verlauf beider Seiten.',
    earlier: 'Frühere Nachrichten stehen im Verlauf.',
    as: 'Schreiben als',
    noName: 'Bediener, ohne Namen',
    show: (count) => (count === 1 ? 'Chat: 1 Nachricht' : `Chat: ${count} Nachrichten`),
    said: (text) => `„${text}“`,
  },
}
