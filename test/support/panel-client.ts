import type { ChatAnswerBody, HelpBody, PanelState } from '../../agent/panel/panel-api.ts'
import { CookieFetch } from './browser-less.ts'

/** The operator at a machine's panel, without a browser: pairs by the address that the demo gives and speaks the panel's API. */
export class PanelClient {
  readonly #origin: string
  readonly #secret: string

  private constructor(origin: string, secret: string) {
    this.#origin = origin
    this.#secret = secret
  }

  static async pair(panel: string): Promise<PanelClient> {
    const redirect = await new CookieFetch().fetch(panel)
    const url = new URL(redirect.headers.get('location') ?? panel)
    const code = url.hash.replace('#pair=', '')
    const answer = await fetch(`${url.origin}/api/pair`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code }),
    })
    if (!answer.ok) throw new Error(`pairing failed: ${answer.status} ${await answer.text()}`)
    const { secret } = (await answer.json()) as { secret: string }
    return new PanelClient(url.origin, secret)
  }

  async state(): Promise<PanelState> {
    return (await (await this.#send('GET', '/api/state')).json()) as PanelState
  }

  async waitFor(wanted: (state: PanelState) => boolean, withinMs = 10_000): Promise<PanelState> {
    const end = Date.now() + withinMs
    for (;;) {
      const state = await this.state()
      if (wanted(state) || Date.now() > end) return state
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  async approve(
    session: string,
    choice: { readonly operator: string; readonly services?: readonly string[]; readonly duration_s?: number },
  ): Promise<Response> {
    const { request } = await this.state()
    return this.#send('POST', `/api/requests/${session}/approve`, { digest: request?.digest ?? 'none', ...choice })
  }

  /** Calls for a technician. */
  async callForHelp(call: Partial<HelpBody> & Pick<HelpBody, 'what' | 'operator'>): Promise<Response> {
    return this.#send('POST', '/api/help', { ticket: null, services: ['hmi'], ...call })
  }

  /** Writes to the technician who is in. */
  async say(text: string, operator: string | null): Promise<Response> {
    return this.#send('POST', '/api/session/chat', { text, operator })
  }

  async chatOf(session: string): Promise<ChatAnswerBody> {
    return (await (await this.#send('GET', `/api/chat/${session}`)).json()) as ChatAnswerBody
  }

  async withdrawCall(operator: string): Promise<Response> {
    return this.#send('POST', '/api/help/withdraw', { operator })
  }

  async withdrawWindow(id: string, operator: string): Promise<Response> {
    return this.#send('POST', `/api/windows/${id}/withdraw`, { operator })
  }

  async refuse(session: string, choice: { readonly operator: string | null; readonly how: string }): Promise<Response> {
    return this.#send('POST', `/api/requests/${session}/refuse`, choice)
  }

  async end(operator: string | null): Promise<Response> {
    return this.#send('POST', '/api/session/end', { operator })
  }

  async setSwitch(service: string, enabled: boolean, operator: string): Promise<Response> {
    return this.#send('POST', `/api/switches/${service}`, { enabled, operator })
  }

  /** Remote service as a whole. */
  async setRemote(enabled: boolean, operator: string): Promise<Response> {
    return this.#send('POST', '/api/remote', { enabled, operator })
  }

  /** The technician may ask again. */
  async unquiet(technician: string): Promise<Response> {
    return this.#send('DELETE', `/api/quiet/${technician}`)
  }

  async #send(method: string, path: string, body?: unknown): Promise<Response> {
    const headers = { 'sallyport-panel': this.#secret, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
    return fetch(`${this.#origin}${path}`, { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  }
}
