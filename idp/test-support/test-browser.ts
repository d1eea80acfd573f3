import type { TestIdp } from './test-idp.ts'
import { formHeaders, hiddenField } from './test-idp.ts'

export interface Landing {
  readonly status: number
  readonly url: URL
  readonly body: string
  readonly headers: Headers
}

/** As much of a browser as a sign-in needs: cookies with paths, redirects within the provider, forms. */
export class TestBrowser {
  readonly cookies = new Map<string, { readonly value: string; readonly path: string; readonly attributes: string }>()
  readonly #idp: TestIdp
  readonly ip: string

  constructor(idp: TestIdp, ip = '192.0.2.10') {
    this.#idp = idp
    this.ip = ip
  }

  get(url: string | URL): Promise<Landing> {
    return this.#follow(new URL(url, this.#idp.issuer), 'GET')
  }

  post(
    url: string | URL,
    fields: Record<string, string>,
    headers: Record<string, string> = { ...formHeaders, origin: this.#idp.issuer },
  ): Promise<Landing> {
    return this.#follow(new URL(url, this.#idp.issuer), 'POST', new URLSearchParams(fields).toString(), headers)
  }

  /** Types name and password into the form at `page`. */
  signIn(page: Landing, username: string, password: string): Promise<Landing> {
    return this.post(page.url, { csrf: hiddenField(page.body, 'csrf'), username, password })
  }

  async #follow(url: URL, method: string, body?: string, headers: Record<string, string> = {}): Promise<Landing> {
    const response = await this.#idp.fetch(url, {
      method,
      ip: this.ip,
      headers: { ...headers, cookie: this.#cookieHeader(url.pathname) },
      ...(body === undefined ? {} : { body }),
    })
    for (const cookie of response.headers.getSetCookie()) this.#store(cookie, url.pathname)
    const location = response.headers.get('location')
    const text = await response.text()
    if (location === null) return { status: response.status, url, body: text, headers: response.headers }
    const next = new URL(location, url)
    return next.origin === this.#idp.issuer
      ? this.#follow(next, 'GET')
      : { status: response.status, url: next, body: '', headers: response.headers }
  }

  #cookieHeader(path: string): string {
    return [...this.cookies]
      .filter(([, cookie]) => path.startsWith(cookie.path))
      .map(([name, { value }]) => `${name}=${value}`)
      .join('; ')
  }

  #store(header: string, path: string): void {
    const [pair = '', ...attributes] = header.split('; ')
    const name = pair.slice(0, pair.indexOf('='))
    const value = pair.slice(pair.indexOf('=') + 1)
    if (value === '') return void this.cookies.delete(name)
    const ownPath = attributes.find((one) => one.toLowerCase().startsWith('path='))?.slice(5)
    this.cookies.set(name, { value, path: ownPath ?? path, attributes: attributes.join('; ') })
  }
}
