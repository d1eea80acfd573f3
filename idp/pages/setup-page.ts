import { html } from './html.ts'
import type { PageFrame } from './layout.ts'
import { layout, message, portalLink } from './layout.ts'
import type { Words } from './words.ts'

export type SetupProblem = keyof Words['setup']['problems']

export interface SetupForm {
  readonly action: string
  readonly csrf: string
  readonly name: string
  readonly username: string
  readonly problem?: SetupProblem | undefined
}

export function setupPage(frame: PageFrame, form: SetupForm): string {
  const { setup, signIn } = frame.words
  const field = form.problem === undefined ? undefined : form.problem === 'differs' ? 'repeat' : 'password'
  const problem = form.problem !== undefined && html`<p class="wrong" id="problem" role="alert">${setup.problems[form.problem]}</p>`
  return layout(
    frame,
    form.problem === undefined ? setup.title : setup.problemTitle,
    html`<h1>${setup.title}</h1>
      <p class="lead">${setup.lead(form.name)}</p>
      <form method="post" action="${form.action}" novalidate>
        <input type="hidden" name="csrf" value="${form.csrf}" />
        <div class="field">
          <label for="username">${signIn.username}</label>
          <input id="username" type="text" value="${form.username}" autocomplete="username" readonly />
        </div>
        <div class="field">
          <label for="password">${setup.password}</label>
          <p class="hint" id="rule">${setup.rule}</p>
          <input
            id="password"
            name="password"
            type="password"
            autocomplete="new-password"
            minlength="12"
            maxlength="256"
            required
            aria-describedby="${field === 'password' ? 'rule problem' : 'rule'}"
            ${field === 'password' && html`aria-invalid="true"`}
            ${field !== 'repeat' && html`autofocus`}
          />
          ${field === 'password' && problem}
        </div>
        <div class="field">
          <label for="repeat">${setup.repeat}</label>
          <input
            id="repeat"
            name="repeat"
            type="password"
            autocomplete="new-password"
            maxlength="256"
            required
            ${field === 'repeat' && html`aria-invalid="true" aria-describedby="problem" autofocus`}
          />
          ${field === 'repeat' && problem}
        </div>
        <button type="submit">${setup.submit}</button>
      </form>`,
  )
}

export const setupDonePage = (frame: PageFrame): string =>
  layout(
    frame,
    frame.words.setup.doneTitle,
    html`<h1>${frame.words.setup.doneTitle}</h1>
      <p>${frame.words.setup.done}</p>
      ${portalLink(frame, frame.words.setup.goOn)}`,
  )

export const setupDeadPage = (frame: PageFrame, why: 'used' | 'expired' | 'unknown'): string =>
  layout(
    frame,
    frame.words.setup.deadTitle,
    html`<h1>${frame.words.setup.deadTitle}</h1>
      ${message(why === 'used' ? 'danger' : 'wait', frame.words.setup[why], frame.words.setup.ask)} ${portalLink(frame)}`,
  )
