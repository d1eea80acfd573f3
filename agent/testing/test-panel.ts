import { request as httpRequest } from 'node:http'
import type { PanelState } from '../panel/panel-api.ts'

export interface PanelAnswer {
  readonly status: number
  readonly headers: Record<string, string | string[] | undefined>
  readonly body: string
}

/** A browser at the panel, as far as HTTP goes. */
export interface TestPanel {
  call(method: string, path: string, options?: { readonly body?: unknown; readonly headers?: Record<string, string> }): Promise<PanelAnswer>
  pair(pairingUrl: string): Promise<void>
  state(): Promise<PanelState>
  secret: string
}

export function testPanel(panelUrl: string): TestPanel {
  const url = new URL(panelUrl)
  const panel: TestPanel = {
    secret: '',
    call: (method, path, { body, headers = {} } = {}) =>
      new Promise((resolve, reject) => {
        const request = httpRequest({
          host: url.hostname,
          port: url.port,
          method,
          path,
          headers: { 'sallyport-panel': panel.secret, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        })
        request.on('error', reject)
        request.on('response', (response) => {
          let text = ''
          response.setEncoding('utf8')
          response.on('data', (chunk: string) => void (text += chunk))
          response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }))
        })
        request.end(body === undefined ? undefined : typeof body === 'string' ? body : JSON.stringify(body))
      }),
    pair: async (pairingUrl) => {
      const answer = await panel.call('POST', '/api/pair', { body: { code: new URL(pairingUrl).hash.replace('#pair=', '') } })
      panel.secret = (JSON.parse(answer.body) as { secret: string }).secret
    },
    state: async () => JSON.parse((await panel.call('GET', '/api/state')).body) as PanelState,
  }
  return panel
}
