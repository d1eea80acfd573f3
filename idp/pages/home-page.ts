import { html } from './html.ts'
import type { PageFrame } from './layout.ts'
import { layout, portalLink } from './layout.ts'

export const homePage = (frame: PageFrame): string =>
  layout(
    frame,
    frame.words.home.title,
    html`<h1>${frame.words.home.title}</h1>
      <p>${frame.words.home.text}</p>
      ${portalLink(frame, frame.words.home.open)}`,
  )
