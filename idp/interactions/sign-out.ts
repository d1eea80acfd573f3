import type { KoaContextWithOIDC } from 'oidc-provider'
import type { AccountStore } from '../accounts/account-store.ts'
import { signedOutPage, signOutPage } from '../pages/sign-out-page.ts'
import type { Middleware } from '../provider/page-context.ts'
import type { ClientSettings } from '../settings/idp-settings.ts'
import type { FrameFor } from './frame-for.ts'
import { allowFormTarget } from './security-headers.ts'

export interface SignOutParts {
  readonly accounts: AccountStore
  readonly clients: readonly ClientSettings[]
  readonly frameFor: FrameFor
}

interface LogoutState {
  readonly secret?: string
  readonly state?: string
  readonly postLogoutRedirectUri?: string
}

export interface SignOut {
  readonly logoutSource: (ctx: KoaContextWithOIDC) => Promise<void>
  readonly postLogoutSuccessSource: (ctx: KoaContextWithOIDC) => Promise<void>
  /** The library answers with a page that posts itself where nobody is signed in; there is nothing to ask, so go on at once. */
  readonly skipEmptySignOut: Middleware
}

/** RP-initiated logout: at once when one of our own applications shows the id token of this session, else after one click. */
export function createSignOut(parts: SignOutParts): SignOut {
  return {
    async logoutSource(ctx) {
      const { session, client, params } = ctx.oidc
      const accountId = session?.accountId
      if (session === undefined || accountId === undefined) return
      if (client !== undefined && isFirstParty(parts, client.clientId) && hintedSubject(ctx) === accountId) {
        await endAndGoOn(ctx)
        return
      }
      allowFormTarget(ctx, params?.['post_logout_redirect_uri'])
      const account = await parts.accounts.find(accountId)
      ctx.type = 'html'
      ctx.body = signOutPage(parts.frameFor(ctx, { uiLocales: params?.['ui_locales'], accountLocale: account?.locale ?? null }), {
        action: '/session/end/confirm',
        xsrf: String((session.state as LogoutState | undefined)?.secret),
        person: account?.name ?? accountId,
      })
    },
    async postLogoutSuccessSource(ctx) {
      ctx.type = 'html'
      ctx.body = signedOutPage(parts.frameFor(ctx))
    },
    async skipEmptySignOut(ctx, next) {
      await next()
      if (ctx.path !== '/session/end' || ctx.status !== 200) return
      const { oidc } = ctx as unknown as KoaContextWithOIDC
      if (oidc.session !== undefined && oidc.session.accountId === undefined) await endAndGoOn(ctx as unknown as KoaContextWithOIDC)
    },
  }
}

const isFirstParty = ({ clients }: SignOutParts, clientId: string): boolean =>
  clients.some((client) => client.client_id === clientId && client.firstParty)

/** The subject of an id token whose signature and audience the library has checked. */
function hintedSubject(ctx: KoaContextWithOIDC): unknown {
  const hint = ctx.oidc.entities['IdTokenHint'] as { readonly payload?: { readonly sub?: unknown } } | undefined
  return hint?.payload?.sub
}

/** Destroying the session here revokes its grants and tells the feed, in one transaction (`sql-provider-records`). */
async function endAndGoOn(ctx: KoaContextWithOIDC): Promise<void> {
  const { session, provider } = ctx.oidc
  const { postLogoutRedirectUri, state } = (session?.state ?? {}) as LogoutState
  await session?.destroy()
  const secure = provider.issuer.startsWith('https:')
  ctx.cookies.set(provider.cookieName('session'), null, {
    httpOnly: true,
    sameSite: 'lax',
    signed: true,
    secure,
    path: '/',
    overwrite: true,
  })
  const target = new URL(postLogoutRedirectUri ?? '/session/end/success', provider.issuer)
  if (postLogoutRedirectUri !== undefined && state !== undefined) target.searchParams.set('state', state)
  ctx.body = null
  ctx.status = 303
  ctx.redirect(target.href)
}
