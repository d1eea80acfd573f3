import type { BarView } from '../../gateway/proxy/bar/bar-view.ts'
import { chatWords } from '../words/chat-words.ts'
import { formatClock } from '../words/format.ts'
import type { Language } from '../words/language.tsx'
import { element, setText } from './element.ts'
import { call } from './gateway-calls.ts'
import { barWords } from './words.ts'

type Message = BarView['messages'][number]

export interface Chat {
  readonly section: HTMLElement
  readonly isOpen: () => boolean
  toggle(open: boolean): void
  show(messages: readonly Message[], language: Language): void
  /** Of the operator, since it was open last. */
  unread(): number
}

/** What operator and technician write to each other. */
export function createChat(onToggle: () => void): Chat {
  const heading = element('h2', { id: 'chat-title' })
  const close = element('button', { type: 'button', class: 'quiet-button' }, '✕')
  const log = element('div', { class: 'messages', role: 'log', tabindex: '0' })
  const field = element('input', { maxlength: '1000', autocomplete: 'off', enterkeyhint: 'send' })
  const send = element('button', { class: 'button' })
  const problem = element('div', { role: 'alert', class: 'problem' })
  const form = element('form', { class: 'write' }, field, send)
  const kept = element('p', { class: 'hint' })
  const section = element(
    'section',
    { id: 'chat', class: 'chat', 'aria-labelledby': 'chat-title', hidden: '' },
    element('div', { class: 'chat-head' }, heading, close),
    log,
    problem,
    form,
    kept,
  )
  let messages: readonly Message[] = []
  let language: Language = 'en'
  let shown = ''
  let seen = 0
  let busy = false

  const isOpen = (): boolean => !section.hidden
  const toggle = (open: boolean): void => {
    section.hidden = !open
    if (open) {
      seen = messages.at(-1)?.n ?? seen
      log.scrollTop = log.scrollHeight
      field.focus()
    }
    onToggle()
  }
  close.addEventListener('click', () => toggle(false))
  section.addEventListener('keydown', (event) => {
    if (event.key === 'Escape') toggle(false)
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    const text = field.value.replaceAll(/\s+/gu, ' ').trim()
    if (text === '' || busy) return
    busy = true
    send.setAttribute('aria-disabled', 'true')
    call('/api/messages', { text })
      .then(() => {
        field.value = ''
        setText(problem, '')
      })
      .catch(() => setText(problem, barWords[language].notes.failed))
      .finally(() => {
        busy = false
        send.removeAttribute('aria-disabled')
      })
  })

  const draw = (): void => {
    const words = chatWords[language]
    const lines = messages.map(({ from, name, text, time_ms: at }) => {
      const mine = from === 'technician'
      const time = element('time', { datetime: new Date(at).toISOString() }, formatClock(language, at))
      const head = element('div', { class: 'message-head' }, element('strong', {}, mine ? words.you : (name ?? words.operator)), ' ', time)
      return element('div', mine ? { class: 'message', 'data-mine': '' } : { class: 'message' }, head, element('div', {}, text))
    })
    log.replaceChildren(...(lines.length === 0 ? [element('p', { class: 'hint' }, words.empty)] : lines))
    log.scrollTop = log.scrollHeight
  }

  return {
    section,
    isOpen,
    toggle,
    show(next, spoken) {
      const words = chatWords[spoken]
      messages = next
      language = spoken
      setText(heading, words.title)
      setText(send, words.send)
      setText(kept, words.kept)
      log.setAttribute('aria-label', words.title)
      field.setAttribute('aria-label', words.write)
      field.placeholder = words.write
      close.setAttribute('aria-label', barWords[spoken].close)
      const key = JSON.stringify([spoken, next])
      if (key !== shown) draw()
      shown = key
      if (isOpen()) seen = messages.at(-1)?.n ?? seen
    },
    unread: () => messages.filter(({ n, from }) => from === 'operator' && n > seen).length,
  }
}
