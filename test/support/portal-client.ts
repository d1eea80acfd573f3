import type { Me } from '../../gateway/http-api/contract/me.ts'
import type { Session } from '../../gateway/http-api/contract/sessions.ts'
import { CookieFetch } from './browser-less.ts'

export interface ApiAnswer<Body> {
  readonly status: number
  readonly body: Body
}

/** A person at the portal, without a browser: signs in through the identity provider's own form and speaks the REST API. */
export class PortalClient {
  readonly browser = new CookieFetch()
  readonly portal: string
  csrf = ''

  constructor(portal: string) {
    this.portal = portal
  }

  async signIn(account: { readonly username: string; readonly password: string }): Promise<Me> {
    const { response, url } = await this.browser.navigate(`${this.portal}/auth/sign-in`)
    const page = await response.text()
    const action = new URL(/<form[^>]*action="([^"]+)"/.exec(page)?.[1]?.replaceAll('&amp;', '&') ?? url.href, url)
    const csrf = /name="csrf" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const body = new URLSearchParams({ csrf, username: account.username, password: account.password })
    const headers = { 'content-type': 'application/x-www-form-urlencoded', origin: url.origin, 'sec-fetch-site': 'same-origin' }
    await this.browser.navigate(action, { method: 'POST', headers, body: body.toString() })
    const me = await this.api<Me>('GET', '/api/v1/me')
    if (me.status !== 200) throw new Error(`signing in as ${account.username} failed: ${JSON.stringify(me.body)}`)
    this.csrf = me.body.csrf_token
    return me.body
  }

  async signUndertaking(me: Me): Promise<void> {
    await this.api('POST', '/api/v1/me/undertaking', { version: me.undertaking.required_version })
  }

  async api<Body = Record<string, unknown>>(method: string, path: string, body?: unknown): Promise<ApiAnswer<Body>> {
    const headers: Record<string, string> = { 'sallyport-csrf': this.csrf }
    if (body !== undefined) headers['content-type'] = 'application/json'
    const response = await this.browser.fetch(`${this.portal}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, body: (text === '' ? null : JSON.parse(text)) as Body }
  }

  /** Asks until the session is as wanted; the last answer otherwise. */
  async waitForSession(id: string, wanted: (session: Session) => boolean, withinMs = 10_000): Promise<Session> {
    const end = Date.now() + withinMs
    for (;;) {
      const { body } = await this.api<Session>('GET', `/api/v1/sessions/${id}`)
      if (wanted(body) || Date.now() > end) return body
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }
}
