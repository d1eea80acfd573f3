import type { KoaContextWithOIDC } from 'oidc-provider'
import type { ClientSettings } from '../settings/idp-settings.ts'

type Grant = InstanceType<KoaContextWithOIDC['oidc']['provider']['Grant']>

/** The grant of this sign-in. Our own applications get theirs without a question; others through the consent page. */
export async function loadGrant(ctx: KoaContextWithOIDC, clients: readonly ClientSettings[]): Promise<Grant | undefined> {
  const { provider, client, session, result, params } = ctx.oidc
  if (client === undefined || session?.accountId === undefined) return undefined
  const grantId = result?.consent?.grantId ?? session.grantIdFor(client.clientId)
  const existing = grantId === undefined ? undefined : await provider.Grant.find(grantId)
  if (existing !== undefined) return existing
  if (clients.find(({ client_id }) => client_id === client.clientId)?.firstParty !== true) return undefined
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
  const scope = params?.['scope']
  grant.addOIDCScope(typeof scope === 'string' ? scope : 'openid')
  await grant.save()
  return grant
}
