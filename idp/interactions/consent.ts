import { consentPage } from '../pages/consent-page.ts'
import type { PageContext } from '../provider/page-context.ts'
import { clientNameOf } from './client-name-of.ts'
import type { Interaction, InteractionParts } from './interaction-routes.ts'

export async function showConsent(parts: InteractionParts, ctx: PageContext, interaction: Interaction): Promise<void> {
  const account = await parts.accounts.find(String(interaction.session?.accountId))
  if (account === undefined) return parts.errors.show(ctx, 400, 'expired', 'sign_in_expired')
  ctx.type = 'html'
  ctx.body = consentPage(parts.frameFor(ctx, { uiLocales: interaction.params['ui_locales'], accountLocale: account.locale }), {
    action: ctx.path,
    csrf: parts.csrf.tokenFor(interaction.uid),
    client: await clientNameOf(parts.provider, interaction),
    site: new URL(String(interaction.params['redirect_uri'])).host,
    person: account.name,
    scopes: missingScopes(interaction),
  })
}

/** Only `allow` allows. */
export async function answerConsent(
  parts: InteractionParts,
  ctx: PageContext,
  interaction: Interaction,
  form: ReadonlyMap<string, string>,
): Promise<void> {
  const allowed = form.get('answer') === 'allow'
  const result = allowed
    ? { consent: { grantId: await grant(parts, interaction) } }
    : { error: 'access_denied', error_description: 'the person did not agree' }
  const returnTo = await parts.provider.interactionResult(ctx.req, ctx.res, result, { mergeWithLastSubmission: allowed })
  parts.logger.info(
    { sub: interaction.session?.accountId, client: interaction.params['client_id'], allowed },
    'a person answered a consent page',
  )
  ctx.status = 303
  ctx.redirect(returnTo)
}

async function grant({ provider }: InteractionParts, interaction: Interaction): Promise<string> {
  const existing = interaction.grantId === undefined ? undefined : await provider.Grant.find(interaction.grantId)
  const accountId = interaction.session?.accountId
  const granted =
    existing ?? new provider.Grant({ clientId: String(interaction.params['client_id']), ...(accountId === undefined ? {} : { accountId }) })
  granted.addOIDCScope(missingScopes(interaction).join(' '))
  return granted.save()
}

function missingScopes({ prompt }: Interaction): readonly string[] {
  const missing = prompt.details['missingOIDCScope']
  return Array.isArray(missing) ? missing.map(String) : []
}
