import type Provider from 'oidc-provider'
import type { AccountStore } from '../accounts/account-store.ts'
import type { CheckPassword } from '../accounts/check-password.ts'
import type { Logger } from '../../gateway/basics/logger.ts'
import type { Middleware, PageContext } from '../provider/page-context.ts'
import { answerConsent, showConsent } from './consent.ts'
import type { Csrf } from './csrf.ts'
import type { ErrorAnswers } from './error-answers.ts'
import type { FrameFor } from './frame-for.ts'
import { readForm } from './read-form.ts'
import { allowFormTarget } from './security-headers.ts'
import { answerSignIn, showSignIn } from './sign-in.ts'

export type Interaction = Awaited<ReturnType<Provider['interactionDetails']>>

export interface InteractionParts {
  readonly provider: Provider
  readonly accounts: AccountStore
  readonly checkPassword: CheckPassword
  /** Ends a session of the provider by its internal id. */
  readonly endSession: (sessionId: string) => boolean
  readonly csrf: Csrf
  readonly frameFor: FrameFor
  readonly errors: Pick<ErrorAnswers, 'show'>
  readonly nowS: () => number
  readonly logger: Logger
}

/** `/interaction/{uid}`: what stands between the application's request and its code: signing in, then consent where it is needed. */
export function createInteractionRoutes(parts: InteractionParts): Middleware {
  return async (ctx, next) => {
    const uid = /^\/interaction\/([A-Za-z0-9_-]{1,64})$/.exec(ctx.path)?.[1]
    if (uid === undefined) return void (await next())
    const interaction = await parts.provider.interactionDetails(ctx.req, ctx.res)
    if (interaction.uid !== uid) return parts.errors.show(ctx, 400, 'expired', 'sign_in_expired')
    allowFormTarget(ctx, interaction.params['redirect_uri'])
    if (ctx.method === 'POST') return answer(parts, ctx, interaction)
    return interaction.prompt.name === 'consent' ? showConsent(parts, ctx, interaction) : showSignIn(parts, ctx, interaction)
  }
}

async function answer(parts: InteractionParts, ctx: PageContext, interaction: Interaction): Promise<void> {
  const form = await readForm(ctx)
  if (!parts.csrf.accepts(ctx, interaction.uid, form.get('csrf'))) return parts.errors.show(ctx, 403, 'forged', 'csrf')
  return interaction.prompt.name === 'consent' ? answerConsent(parts, ctx, interaction, form) : answerSignIn(parts, ctx, interaction, form)
}
