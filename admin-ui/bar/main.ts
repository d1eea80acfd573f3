import type { BarView } from '../../gateway/proxy/bar/bar-view.ts'
import { tokenVariables } from '../look/tokens.ts'
import type { Language } from '../words/language.tsx'
import './bar.css'
import { createBarPage } from './bar-page.ts'
import { createFrame } from './frame.ts'
import { call, followState } from './gateway-calls.ts'
import { keepPlace } from './keep-place.ts'
import { aloneScreen, overScreen } from './screens.ts'

const languageKey = 'sallyport.language'
const aloneKey = 'sallyport.alone'

const known = (text: string | null | undefined): Language | undefined =>
  (['en', 'de'] as const).find((language) => text?.toLowerCase().startsWith(language))
const address = new URL(location.href)
/** The portal says which language was chosen there; from then on it is chosen here. */
const told = known(address.searchParams.get('lang'))
if (told !== undefined) {
  localStorage.setItem(languageKey, told)
  address.searchParams.delete('lang')
  history.replaceState(null, '', address)
}
let language: Language =
  known(localStorage.getItem(languageKey)) ?? navigator.languages.map((text) => known(text)).find((found) => found !== undefined) ?? 'en'

const dark = matchMedia('(prefers-color-scheme: dark)')
const paint = (): void => {
  for (const [name, value] of Object.entries(tokenVariables(dark.matches ? 'dark' : 'light')))
    document.documentElement.style.setProperty(name, value)
}
paint()
dark.addEventListener('change', paint)

let view: BarView | undefined
let receivedAtMs = 0
let lost = false
let over = false
let opened = false
let isAlone = sessionStorage.getItem(aloneKey) !== null

const page = createBarPage({
  end: async () => void (await call('/api/end', {})),
  alone() {
    setAlone(true)
  },
  language(next) {
    language = next
    localStorage.setItem(languageKey, next)
    draw()
  },
})
const frame = createFrame(page.place)
keepPlace(frame)

/** Rebuilt only when what it says has changed. */
let screen: HTMLElement | undefined
const showScreen = (next: HTMLElement | undefined): void => {
  screen?.remove()
  screen = next
  if (next !== undefined) page.place.append(next)
}

function setAlone(alone: boolean): void {
  isAlone = alone
  if (alone) sessionStorage.setItem(aloneKey, '1')
  else sessionStorage.removeItem(aloneKey)
  opened = false
  frame.close()
  draw()
}

/** After that the frame goes where it is led, and this page's address with it. */
const openFrame = (): void => {
  if (opened) return
  opened = true
  frame.open(new URL(location.href).searchParams.get('to') ?? '/').catch(() => {
    opened = false
  })
}

function draw(): void {
  if (over || view === undefined) return
  page.show({ view, language, lost, isAlone })
  frame.name(`${view.service} · ${view.machine.name}`)
  if (isAlone) showScreen(aloneScreen(view, language, () => setAlone(false)))
  else {
    showScreen(undefined)
    if (view.state === 'approved' || view.state === 'open') openFrame()
  }
  tick()
}

function tick(): void {
  if (over || view === undefined) return
  const nowS = (view.now_ms + performance.now() - receivedAtMs) / 1000
  page.tick(view.expires_at === null ? null : Math.max(0, view.expires_at - nowS))
}

function end(last: BarView | undefined): void {
  over = true
  clearInterval(ticking)
  document.documentElement.lang = language
  document.title = `${last?.machine.name ?? ''} · Sallyport`
  const said = overScreen(last, language)
  const rest = document.createElement('main')
  rest.append(said)
  document.body.replaceChildren(rest, page.place)
  page.place.hidden = true
  frame.close(last)
  said.querySelector('h1')?.focus()
}

const ticking = setInterval(tick, 500)
void followState({
  onState(next, atMs) {
    view = next
    receivedAtMs = atMs
    lost = false
    if (next.state === 'ended') end(next)
    else draw()
  },
  onLost() {
    lost = true
    draw()
  },
  onSignedOut: () => end(view === undefined ? undefined : { ...view, end_reason: null }),
})
