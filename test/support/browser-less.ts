import { Readable } from 'node:stream'
import { Agent, request } from 'undici'
import { localhostLookup } from '../../gateway/commands/client/localhost-lookup.ts'

const localhostAgent = new Agent({ connect: { lookup: localhostLookup } })

export interface RequestOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer | Readable
  readonly signal?: AbortSignal
}

const statusWithoutBody = new Set([204, 205, 304])

/** What a browser does with cookies and redirects, as far as host-only cookies go. */
export class CookieFetch {
  readonly #jar = new Map<string, Map<string, string>>()

  cookieHeader(host: string): string {
    return [...(this.#jar.get(host) ?? [])].map(([name, value]) => `${name}=${value}`).join('; ')
  }

  /** Not the built-in `fetch`: it writes fetch metadata of its own. */
  async fetch(url: string | URL, init: RequestOptions = {}): Promise<Response> {
    const { host } = new URL(url)
    const cookie = this.cookieHeader(host)
    const answer = await request(url, {
      method: (init.method ?? 'GET') as 'GET',
      headers: { ...init.headers, ...(cookie === '' ? {} : { cookie }) },
      body: init.body ?? null,
      signal: init.signal,
      dispatcher: localhostAgent,
    })
    const headers = new Headers()
    for (const [name, value] of Object.entries(answer.headers)) for (const one of [value ?? []].flat()) headers.append(name, one)
    const body = statusWithoutBody.has(answer.statusCode) ? null : (Readable.toWeb(answer.body) as ReadableStream)
    const response = new Response(body, { status: answer.statusCode, headers })
    for (const line of response.headers.getSetCookie()) this.#keep(host, line)
    return response
  }

  /** Follows redirects with GET, as a navigation does; gives the last answer and its address. */
  async navigate(url: string | URL, init: RequestOptions = {}): Promise<{ response: Response; url: URL }> {
    let at = new URL(url)
    let response = await this.fetch(at, init)
    for (let hop = 0; hop < 15 && response.status >= 300 && response.status < 400; hop += 1) {
      at = new URL(response.headers.get('location') ?? '', at)
      response = await this.fetch(at, {
        headers: { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document', 'sec-fetch-site': 'same-site' },
      })
    }
    return { response, url: at }
  }

  #keep(host: string, line: string): void {
    const [pair = '', ...attributes] = line.split(';')
    const at = pair.indexOf('=')
    const jar = this.#jar.get(host) ?? new Map<string, string>()
    this.#jar.set(host, jar)
    const gone = attributes.some((attribute) => /^\s*(?:max-age=0|expires=thu, 01 jan 1970)/i.test(attribute))
    if (gone) jar.delete(pair.slice(0, at).trim())
    else jar.set(pair.slice(0, at).trim(), pair.slice(at + 1).trim())
  }
}
