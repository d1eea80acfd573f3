import { html } from './html.ts'
import type { PageFrame } from './layout.ts'
import { layout, message } from './layout.ts'

export interface SignInForm {
  readonly action: string
  readonly csrf: string
  readonly client: string
  readonly username: string
  readonly problem?: 'wrong' | 'missing_username' | 'missing_password' | undefined
}

/** After a wrong password the focus is in the password field, which is described by the message that says what to do. */
export function signInPage(frame: PageFrame, form: SignInForm): string {
  const { signIn, notice } = frame.words
  const noName = form.problem === 'missing_username'
  const badPassword = form.problem === 'wrong' || form.problem === 'missing_password'
  const focusOnPassword = badPassword || (!noName && form.username !== '')
  return layout(
    frame,
    form.problem === undefined ? signIn.title : signIn.wrongTitle,
    html`<h1>${signIn.title}</h1>
      <p class="lead">${signIn.lead(form.client)}</p>
      <p class="notice" id="notice">${notice}</p>
      <form method="post" action="${form.action}" novalidate aria-describedby="notice">
        <input type="hidden" name="csrf" value="${form.csrf}" />
        ${form.problem === 'wrong' && message('danger', signIn.wrongTitle, signIn.wrong)}
        <div class="field">
          <label for="username">${signIn.username}</label>
          <input
            id="username"
            name="username"
            type="text"
            value="${form.username}"
            autocomplete="username"
            autocapitalize="none"
            spellcheck="false"
            maxlength="64"
            required
            ${!focusOnPassword && html`autofocus`}
            ${noName && html`aria-invalid="true" aria-describedby="username-problem"`}
          />
          ${noName && html`<p class="wrong" id="username-problem">${signIn.missingUsername}</p>`}
        </div>
        <div class="field">
          <label for="password">${signIn.password}</label>
          <input
            id="password"
            name="password"
            type="password"
            autocomplete="current-password"
            maxlength="256"
            required
            ${focusOnPassword && html`autofocus`}
            ${badPassword && html`aria-invalid="true" aria-describedby="${form.problem === 'wrong' ? 'message' : 'password-problem'}"`}
          />
          ${form.problem === 'missing_password' && html`<p class="wrong" id="password-problem">${signIn.missingPassword}</p>`}
        </div>
        <button type="submit">${signIn.submit}</button>
      </form>
      <p class="quiet">${signIn.help}</p>`,
  )
}

/** Says how long to wait; the same address shows the form again. */
export function waitPage(frame: PageFrame, form: { readonly seconds: number; readonly againUrl: string }): string {
  const { wait, duration } = frame.words
  const length = form.seconds < 90 ? duration.seconds(form.seconds) : duration.minutes(Math.ceil(form.seconds / 60))
  return layout(
    frame,
    wait.title,
    html`<h1>${wait.title}</h1>
      ${message('wait', wait.text(length), wait.why)}
      <a class="button" href="${form.againUrl}">${wait.again}</a>`,
  )
}
