import { html } from './html.ts'
import type { PageFrame } from './layout.ts'
import { layout, portalLink } from './layout.ts'

export const signOutPage = (frame: PageFrame, form: { readonly action: string; readonly xsrf: string; readonly person: string }): string =>
  layout(
    frame,
    frame.words.signOut.title,
    html`<h1>${frame.words.signOut.title}</h1>
      <p>${frame.words.signOut.lead(form.person)}</p>
      <form method="post" action="${form.action}">
        <input type="hidden" name="xsrf" value="${form.xsrf}" />
        <button type="submit" name="logout" value="yes">${frame.words.signOut.submit}</button>
      </form>
      ${frame.portalUrl !== undefined && html`<a class="button second" href="${frame.portalUrl}">${frame.words.signOut.stay}</a>`}`,
  )

export const signedOutPage = (frame: PageFrame): string =>
  layout(
    frame,
    frame.words.signOut.doneTitle,
    html`<h1>${frame.words.signOut.doneTitle}</h1>
      <p>${frame.words.signOut.done}</p>
      ${portalLink(frame)}`,
  )
