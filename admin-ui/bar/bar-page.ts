import type { BarView } from '../../gateway/proxy/bar/bar-view.ts'
import { formatCountdown } from '../words/format.ts'
import type { Language } from '../words/language.tsx'
import { createChat } from './chat.ts'
import { element, icon, setText, type Icon } from './element.ts'
import { barState, noteOf, toneOf, watchedBy } from './read-view.ts'
import { barWords } from './words.ts'

/** What people do at the bar. */
export interface BarDeeds {
  end(): Promise<void>
  /** The page goes to a tab of its own, by the form that this was told of. */
  alone(): void
  language(next: Language): void
}

export interface BarPage {
  /** Where the frame belongs. */
  readonly place: HTMLElement
  show(shown: Shown): void
  /** Called each second and at each change. */
  tick(leftS: number | null): void
}

export interface Shown {
  readonly view: BarView
  readonly language: Language
  readonly lost: boolean
  readonly isAlone: boolean
}

const iconOf: Readonly<Record<ReturnType<typeof barState>, Icon>> = {
  lost: 'plug',
  offline: 'plug',
  paused: 'pause',
  view_only: 'eye',
  live: 'gateOpen',
  approved: 'key',
  waiting: 'hourglass',
}

/** A sign that is colour, drawing and word. */
function sign(): { readonly node: HTMLElement; show(tone: string, drawn: Icon, word: string, hint?: string): void } {
  const word = element('span')
  const node = element('span', { class: 'sign' }, word)
  let before = ''
  return {
    node,
    show(tone, drawn, text, hint = '') {
      node.dataset['tone'] = tone
      if (drawn !== before) {
        node.querySelector('svg')?.remove()
        node.prepend(icon(drawn))
        before = drawn
      }
      setText(word, text)
      if (node.title !== hint) node.title = hint
    },
  }
}

/** The bar: one line above the machine's page, two where there is no room. */
export function createBarPage(deeds: BarDeeds): BarPage {
  const skip = element('a', { href: '#page', class: 'skip' })
  const machine = element('h1', { class: 'machine' })
  const service = element('span', { class: 'service' })
  const [state, watched, recorded] = [sign(), sign(), sign()]
  const left = element('div', { class: 'left numbers', role: 'timer' })
  const chatCount = element('span', { class: 'count', 'aria-hidden': 'true' })
  const chatText = element('span', { class: 'long' })
  const chatButton = element(
    'button',
    { type: 'button', class: 'button', 'aria-expanded': 'false', 'aria-controls': 'chat' },
    icon('chat'),
    chatText,
    chatCount,
  )
  const [endLong, endShort] = [element('span', { class: 'long' }), element('span', { class: 'short', 'aria-hidden': 'true' })]
  const end = element('button', { type: 'button', class: 'button end' }, endLong, endShort)
  const moreText = element('span', { class: 'visually-hidden' })
  const aloneButton = element('button', { class: 'item' })
  const aloneHint = element('p', { class: 'hint' })
  const portal = element('a', { class: 'item', target: '_blank', rel: 'noopener' })
  const languageButton = element('button', { type: 'button', class: 'item' })
  const aloneForm = element('form', { method: 'post', action: '/page', target: '_blank', rel: 'noopener' }, aloneButton)
  const more = element(
    'details',
    { class: 'more' },
    element('summary', { class: 'button' }, icon('more'), moreText),
    element('div', { class: 'menu' }, aloneForm, aloneHint, portal, languageButton),
  )
  const chat = createChat(() => {
    chatButton.setAttribute('aria-expanded', String(chat.isOpen()))
    if (!chat.isOpen()) chatButton.focus()
    if (last !== undefined) show(last)
  })
  const note = element('div', { class: 'note', role: 'status' })
  const warning = element('div', { class: 'visually-hidden', role: 'status' })
  const header = element(
    'header',
    { class: 'bar' },
    skip,
    element('div', { class: 'name' }, machine, service),
    element('div', { class: 'signs' }, state.node, watched.node, recorded.node),
    left,
    element('div', { class: 'deeds' }, chatButton, end, more),
  )
  const place = element('main', { id: 'page', tabindex: '-1' })
  document.body.replaceChildren(header, note, warning, element('div', { class: 'stage' }, place, chat.section))

  let last: Shown | undefined
  let newest = 0
  let ending = false
  let warned: number | null = null

  chatButton.addEventListener('click', () => chat.toggle(!chat.isOpen()))
  end.addEventListener('click', () => {
    if (ending) return
    ending = true
    end.setAttribute('aria-disabled', 'true')
    deeds
      .end()
      .catch(() => last !== undefined && setText(note, barWords[last.language].notes.failed))
      .finally(() => {
        ending = false
        end.removeAttribute('aria-disabled')
      })
  })
  aloneForm.addEventListener('submit', () => {
    more.open = false
    const place = new URL(location.href).searchParams.get('to')
    aloneForm.action = place === null ? '/page' : `/page?to=${encodeURIComponent(place)}`
    // After the browser has read the form.
    setTimeout(deeds.alone)
  })
  languageButton.addEventListener('click', () => {
    more.open = false
    deeds.language(last?.language === 'de' ? 'en' : 'de')
  })
  addEventListener('keydown', ({ key }) => {
    if (key === 'Escape') more.open = false
  })
  // A press on the machine's page goes to its frame and never comes here: this window loses the focus then.
  addEventListener('blur', () => (more.open = false))
  addEventListener('pointerdown', ({ target }) => {
    if (target instanceof Node && !more.contains(target)) more.open = false
  })

  const announce = ({ view, language }: Shown): void => {
    const latest = view.messages.filter(({ from }) => from === 'operator').at(-1)
    if (latest === undefined || latest.n <= newest) return
    if (newest > 0 || view.messages.length > 0) setText(warning, barWords[language].newMessage(latest.name ?? '', latest.text))
    newest = latest.n
  }

  const show = (shown: Shown): void => {
    last = shown
    const { view, language, lost } = shown
    const words = barWords[language]
    document.documentElement.lang = language
    document.title = `${view.machine.name} · ${view.service} · Sallyport`
    header.setAttribute('aria-label', words.bar)
    setText(skip, words.skip)
    setText(machine, view.machine.name)
    setText(service, view.service)
    const now = barState(view, lost)
    header.dataset['tone'] = toneOf[now]
    state.show(toneOf[now], iconOf[now], words.states[now], view.operator === null ? '' : words.letInBy(view.operator))
    const watch = watchedBy(view)
    watched.show(watch.tone, watch.icon, words.watched[watch.word])
    if (view.recorded) recorded.show('plain', 'dot', words.recorded.yes, words.recorded.yesHint)
    else recorded.show('muted', 'ring', words.recorded.no, words.recorded.noHint)
    left.setAttribute('aria-label', words.timeLeft)
    left.title = words.timeLeft
    chat.show(view.messages, language)
    const unread = chat.unread()
    setText(chatText, words.chat(unread))
    chatButton.toggleAttribute('data-new', unread > 0)
    setText(endLong, words.end)
    setText(endShort, words.endShort)
    setText(chatCount, unread === 0 ? '' : String(unread))
    setText(moreText, words.more)
    setText(aloneButton, words.alone)
    setText(aloneHint, words.aloneHint)
    setText(portal, words.portal)
    portal.href = view.portal_url
    setText(languageButton, words.otherLanguage)
    setText(note, noteOf(view, lost, words.notes))
    announce(shown)
  }

  return {
    place,
    show,
    tick(leftS) {
      setText(left, leftS === null ? '–' : formatCountdown(leftS))
      const due = leftS === null ? null : leftS <= 60 ? 1 : leftS <= 300 ? 5 : null
      left.dataset['warning'] = due === null ? '' : String(due)
      if (due !== warned && due !== null && last !== undefined) setText(warning, barWords[last.language].minutesLeft(due))
      warned = due
    },
  }
}
