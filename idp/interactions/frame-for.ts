import type { Locale } from '../accounts/account.ts'
import type { PageFrame } from '../pages/layout.ts'
import { pageFrame } from '../pages/layout.ts'
import type { PageContext } from '../provider/page-context.ts'
import type { IdpSettings } from '../settings/idp-settings.ts'

export type FrameFor = (ctx: PageContext, hints?: { readonly uiLocales?: unknown; readonly accountLocale?: Locale | null }) => PageFrame

/** Chooses the language: what the person picked (address, cookie), what the application asks for, the account's, the browser's. */
export function createFrameFor(settings: IdpSettings): FrameFor {
  const secure = settings.issuer.startsWith('https:')
  const cookieName = secure ? '__Host-sallyport-lang' : 'sallyport-lang'
  const portalUrl = portalOf(settings)
  return (ctx, hints = {}) => {
    const picked = localeOf(ctx.query['lang'])
    if (picked !== undefined && ctx.method === 'GET') {
      ctx.cookies.set(cookieName, picked, {
        httpOnly: true,
        sameSite: 'lax',
        secure,
        signed: false,
        path: '/',
        maxAge: 365 * 24 * 60 * 60 * 1000,
      })
    }
    const locale =
      picked ??
      localeOf(ctx.cookies.get(cookieName, { signed: false })) ??
      (typeof hints.uiLocales === 'string' ? hints.uiLocales : '')
        .split(' ')
        .map((tag) => localeOf(tag.slice(0, 2)))
        .find((one) => one !== undefined) ??
      hints.accountLocale ??
      localeOf(ctx.acceptsLanguages('en', 'de')) ??
      'en'
    return pageFrame(locale, otherLanguageUrl(ctx, locale), portalUrl)
  }
}

const localeOf = (value: unknown): Locale | undefined => (value === 'de' || value === 'en' ? value : undefined)

/** Only pages that a GET shows again, at their own plain address. */
function otherLanguageUrl(ctx: PageContext, locale: Locale): string | undefined {
  const again = /^\/(interaction\/[^/]+|setup\/[^/]+|session\/end\/success)?$/.test(ctx.path)
  return again ? `${ctx.path}?lang=${locale === 'de' ? 'en' : 'de'}` : undefined
}

function portalOf({ clients }: IdpSettings): string | undefined {
  const client = clients.find(({ firstParty }) => firstParty) ?? clients[0]
  if (client === undefined) return undefined
  return client.client_uri ?? `${new URL(client.redirect_uris[0] as string).origin}/`
}
