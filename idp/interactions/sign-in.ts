import type { Account } from '../accounts/account.ts'
import { signInPage, waitPage } from '../pages/sign-in-page.ts'
import type { SignInForm } from '../pages/sign-in-page.ts'
import type { PageContext } from '../provider/page-context.ts'
import { passwordAcr } from '../provider/provider-configuration.ts'
import { clientNameOf } from './client-name-of.ts'
import type { Interaction, InteractionParts } from './interaction-routes.ts'

export async function showSignIn(
  parts: InteractionParts,
  ctx: PageContext,
  interaction: Interaction,
  again: Partial<Pick<SignInForm, 'username' | 'problem'>> = {},
): Promise<void> {
  const hint = interaction.params['login_hint']
  ctx.type = 'html'
  ctx.body = signInPage(parts.frameFor(ctx, { uiLocales: interaction.params['ui_locales'] }), {
    action: ctx.path,
    csrf: parts.csrf.tokenFor(interaction.uid),
    client: await clientNameOf(parts.provider, interaction),
    username: again.username ?? (typeof hint === 'string' ? hint.slice(0, 64) : ''),
    problem: again.problem,
  })
}

/** Answers a posted name and password. */
export async function answerSignIn(
  parts: InteractionParts,
  ctx: PageContext,
  interaction: Interaction,
  form: ReadonlyMap<string, string>,
): Promise<void> {
  const username = (form.get('username') ?? '').trim().slice(0, 64)
  const password = form.get('password') ?? ''
  if (username === '' || password === '') {
    ctx.status = 422
    return showSignIn(parts, ctx, interaction, { username, problem: username === '' ? 'missing_username' : 'missing_password' })
  }
  const check = await parts.checkPassword({ username, password, ip: ctx.ip })
  switch (check.outcome) {
    case 'right':
      return finish(parts, ctx, interaction, check.account)
    case 'wrong':
      // Never the name that was typed: people type passwords there.
      parts.logger.info({ sub: check.sub, ip: ctx.ip }, 'a sign-in failed')
      ctx.status = 422
      return showSignIn(parts, ctx, interaction, { username, problem: 'wrong' })
    case 'wait':
      parts.logger.warn({ ip: ctx.ip, wait_s: check.seconds }, 'a sign-in was held back after too many failures')
      ctx.status = 429
      ctx.set('retry-after', String(check.seconds))
      ctx.type = 'html'
      ctx.body = waitPage(parts.frameFor(ctx, { uiLocales: interaction.params['ui_locales'] }), {
        seconds: check.seconds,
        againUrl: ctx.path,
      })
  }
}

async function finish(parts: InteractionParts, ctx: PageContext, interaction: Interaction, account: Account): Promise<void> {
  await leaveOtherAccount(parts, interaction, account.sub)
  const login = { accountId: account.sub, amr: ['pwd'], acr: passwordAcr, remember: false }
  const returnTo = await parts.provider.interactionResult(ctx.req, ctx.res, { login }, { mergeWithLastSubmission: false })
  parts.logger.info({ sub: account.sub, ip: ctx.ip }, 'a person signed in')
  ctx.status = 303
  ctx.redirect(returnTo)
}

/** Somebody else was signed in in this browser: his session ends first (the library would send a page with a script for that). */
async function leaveOtherAccount(parts: InteractionParts, interaction: Interaction, sub: string): Promise<void> {
  const { session } = interaction
  if (session?.accountId === undefined || session.accountId === sub) return
  const stored = await parts.provider.Session.findByUid(session.uid)
  if (stored !== undefined) parts.endSession(stored.jti)
  delete interaction.session
  await interaction.save(interaction.exp - parts.nowS())
}
