import { html } from './html.ts'
import type { PageFrame } from './layout.ts'
import { layout } from './layout.ts'

export interface ConsentForm {
  readonly action: string
  readonly csrf: string
  readonly client: string
  /** Host of the application's redirect URI: the one thing about it that it cannot choose freely. */
  readonly site: string
  readonly person: string
  readonly scopes: readonly string[]
}

export function consentPage(frame: PageFrame, form: ConsentForm): string {
  const { consent } = frame.words
  return layout(
    frame,
    consent.title(form.client),
    html`<h1>${consent.title(form.client)}</h1>
      <p class="lead">${consent.signedInAs(form.person)}</p>
      <p>${consent.lead(form.client, form.site)}</p>
      <ul>
        ${form.scopes.map((scope) => html`<li>${consent.scopes[scope] ?? scope}</li>`)}
      </ul>
      <form method="post" action="${form.action}">
        <input type="hidden" name="csrf" value="${form.csrf}" />
        <button type="submit" name="answer" value="allow">${consent.allow}</button>
        <button type="submit" name="answer" value="refuse" class="second">${consent.refuse}</button>
      </form>`,
  )
}
