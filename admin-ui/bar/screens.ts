import type { BarView } from '../../gateway/proxy/bar/bar-view.ts'
import type { EndReason } from '../../gateway/http-api/contract/sessions.ts'
import type { Language } from '../words/language.tsx'
import { sharedWords } from '../words/shared-words.ts'
import { element, icon } from './element.ts'
import { barWords } from './words.ts'

/** In the frame's place while the page is in a tab of its own. */
export function aloneScreen({ service }: BarView, language: Language, onBack: () => void): HTMLElement {
  const words = barWords[language]
  const back = element('button', { type: 'button', class: 'button strong' }, words.back)
  back.addEventListener('click', onBack)
  return element('div', { class: 'screen' }, element('h2', {}, words.isAlone(service)), element('p', {}, words.isAloneHint), back)
}

/** In place of everything: the session is over, or this browser is signed out. */
export function overScreen(view: BarView | undefined, language: Language): HTMLElement {
  const words = barWords[language].over
  const ended = view?.end_reason ?? null
  const title = ended === null ? words.signedOut : sharedWords[language].endings[ended as EndReason](view?.ended_by ?? null)
  const screen = element('div', { class: 'screen over' }, icon('gateClosed', 64), element('h1', { tabindex: '-1' }, title))
  screen.append(element('p', {}, ended === null ? words.signedOutHint : words.gone))
  if (view !== undefined) {
    const url = ended === null ? new URL(view.portal_url).origin : view.portal_url
    screen.append(element('a', { class: 'button strong', href: url }, ended === null ? words.signIn : words.again))
    screen.append(element('p', { class: 'hint' }, `${view.machine.name} · ${view.service}`))
  }
  return screen
}
