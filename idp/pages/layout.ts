import type { Locale } from '../accounts/account.ts'
import type { Html } from './html.ts'
import { html } from './html.ts'
import { gateMark, messageIcons } from './marks.ts'
import type { Words } from './words.ts'
import { words } from './words.ts'

/** What every page is made with. */
export interface PageFrame {
  readonly locale: Locale
  readonly words: Words
  /** Address of the same page in the other language; none where the page cannot be asked for again. */
  readonly otherLanguageUrl: string | undefined
  /** Where people come from and go back to. */
  readonly portalUrl: string | undefined
}

export const pageFrame = (locale: Locale, otherLanguageUrl: string | undefined, portalUrl: string | undefined): PageFrame => ({
  locale,
  words: words[locale],
  otherLanguageUrl,
  portalUrl,
})

/** One column, one sentence, one action; no script, no inline style. */
export function layout(frame: PageFrame, title: string, content: Html): string {
  const { locale, words, otherLanguageUrl } = frame
  const other = locale === 'de' ? 'en' : 'de'
  return html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title} · ${words.product}</title>
        <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/style.css" />
      </head>
      <body>
        <header>
          <span class="mark">${gateMark}${words.product}</span>
          ${otherLanguageUrl !== undefined && html`<a class="link" href="${otherLanguageUrl}" hreflang="${other}" lang="${other}">${words.otherLanguage}</a>`}
        </header>
        <main>${content}</main>
      </body>
    </html> `.markup
}

/** What happened and what to do about it: colour, icon and words; read out by screen readers when the page opens. */
export const message = (kind: keyof typeof messageIcons, what: string, remedy: string): Html =>
  html`<div class="message ${kind}" role="alert" id="message">
    ${messageIcons[kind]}
    <div>
      <p class="what">${what}</p>
      <p>${remedy}</p>
    </div>
  </div>`

export const portalLink = ({ portalUrl, words }: PageFrame, label = words.back): Html | undefined =>
  portalUrl === undefined ? undefined : html`<a class="button" href="${portalUrl}">${label}</a>`
