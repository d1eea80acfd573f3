import type { Account } from '../accounts/account.ts'
import type { AccountStore, CredentialStore } from '../accounts/account-store.ts'
import { hashPassword } from '../accounts/password-hash.ts'
import { passwordProblem } from '../accounts/password-rules.ts'
import { hashSetupToken } from '../accounts/setup-link.ts'
import type { Logger } from '../../gateway/basics/logger.ts'
import type { Random } from '../../gateway/basics/random.ts'
import type { SetupProblem } from '../pages/setup-page.ts'
import { setupDeadPage, setupDonePage, setupPage } from '../pages/setup-page.ts'
import type { Middleware, PageContext } from '../provider/page-context.ts'
import type { Csrf } from './csrf.ts'
import type { ErrorAnswers } from './error-answers.ts'
import type { FrameFor } from './frame-for.ts'
import { readForm } from './read-form.ts'

export interface SetupParts {
  readonly accounts: AccountStore
  readonly credentials: CredentialStore
  readonly csrf: Csrf
  readonly frameFor: FrameFor
  readonly errors: Pick<ErrorAnswers, 'show'>
  readonly random: Random
  readonly nowS: () => number
  readonly logger: Logger
}

/** `/setup/{token}`: a person sets his own password by a one-time link. Looking at the page does not use the link up. */
export function createSetupRoutes(parts: SetupParts): Middleware {
  return async (ctx, next) => {
    const token = /^\/setup\/([A-Za-z0-9_-]{1,100})$/.exec(ctx.path)?.[1]
    if (token === undefined) return void (await next())
    const tokenHash = hashSetupToken(token)
    const link = await parts.credentials.findSetupLink(tokenHash)
    const account = link === undefined ? undefined : await parts.accounts.find(link.sub)
    if (link === undefined || account?.status !== 'active') return dead(parts, ctx, 'unknown')
    if (link.usedAt !== null) return dead(parts, ctx, 'used')
    if (link.expiresAt <= parts.nowS()) return dead(parts, ctx, 'expired')
    return ctx.method === 'POST' ? setPassword(parts, ctx, account, tokenHash) : show(parts, ctx, account, tokenHash)
  }
}

async function setPassword(parts: SetupParts, ctx: PageContext, account: Account, tokenHash: string): Promise<void> {
  const form = await readForm(ctx)
  if (!parts.csrf.accepts(ctx, tokenHash, form.get('csrf'))) return parts.errors.show(ctx, 403, 'forged', 'csrf')
  const password = form.get('password') ?? ''
  const problem = passwordProblem(password, account.username) ?? (password === form.get('repeat') ? undefined : 'differs')
  if (problem !== undefined) {
    ctx.status = 422
    return show(parts, ctx, account, tokenHash, problem)
  }
  const redeemed = await parts.credentials.redeemSetupLink(tokenHash, await hashPassword(password, parts.random))
  if (!redeemed) return dead(parts, ctx, 'used')
  parts.logger.info({ sub: account.sub, ip: ctx.ip }, 'a person set a password by a set-up link')
  ctx.type = 'html'
  ctx.body = setupDonePage(parts.frameFor(ctx, { accountLocale: account.locale }))
}

async function show(parts: SetupParts, ctx: PageContext, account: Account, tokenHash: string, problem?: SetupProblem): Promise<void> {
  ctx.type = 'html'
  ctx.body = setupPage(parts.frameFor(ctx, { accountLocale: account.locale }), {
    action: ctx.path,
    csrf: parts.csrf.tokenFor(tokenHash),
    name: account.name,
    username: account.username,
    problem,
  })
}

function dead(parts: SetupParts, ctx: PageContext, why: 'used' | 'expired' | 'unknown'): void {
  ctx.status = why === 'unknown' ? 404 : 410
  ctx.type = 'html'
  ctx.body = setupDeadPage(parts.frameFor(ctx), why)
}
