import { request as httpRequest } from 'node:http'
import { AgentError } from '../basics/agent-error.ts'
import { panelSecretHeader } from '../panel/panel-api.ts'
import type { PanelState } from '../panel/panel-api.ts'
import type { SessionRequest } from '../wire/session-request.ts'
import { requestDigest } from '../wire/session-request.ts'
import type { Answer } from './hostile-gateway.ts'

/** Who stands at the panel of the attacked agent: the attacks need presses, ends and pauses, and they must not be the gateway's. */
export interface PanelOperator {
  call(method: string, path: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>
  state(): Promise<PanelState>
  press(asked: SessionRequest, choice?: { readonly services?: readonly string[]; readonly digest?: string }): Promise<Answer>
  end(): Promise<void>
  conduct(change: { readonly paused?: boolean; readonly view_only?: boolean }): Promise<void>
  /** What a press carries. */
  readonly who: { readonly operator: string; readonly pin: string }
  /** Where a browser that is not paired would ask. */
  readonly port: number
}

export const operatorName = 'Attack'

/** `pin`: his. @throws AgentError `no_panel` */
export async function pairOperator(pairingUrl: string, pin: string): Promise<PanelOperator> {
  const { hostname, port, hash } = new URL(pairingUrl)
  let secret = ''
  const call: PanelOperator['call'] = (method, path, body, headers = {}) =>
    new Promise((resolve, reject) => {
      const type = body === undefined ? {} : { 'content-type': 'application/json' }
      const sent = httpRequest({
        host: hostname,
        port,
        method,
        path,
        agent: false,
        headers: { [panelSecretHeader]: secret, ...type, ...headers },
      })
      sent.on('error', reject)
      sent.on('response', (response) => {
        let text = ''
        response.setEncoding('utf8')
        response.on('data', (chunk: string) => void (text += chunk))
        response.on('end', () => resolve({ status: response.statusCode ?? 0, body: text }))
      })
      sent.end(body === undefined ? undefined : JSON.stringify(body))
    })
  const paired = await call('POST', '/api/pair', { code: hash.replace('#pair=', '') })
  if (paired.status !== 200)
    throw new AgentError({ code: 'no_panel', message: `The panel of the attacked agent did not take its own code (${paired.status}).` })
  secret = (JSON.parse(paired.body) as { secret: string }).secret
  const who = { operator: operatorName, pin }
  return {
    who,
    port: Number(port),
    call,
    state: async () => JSON.parse((await call('GET', '/api/state')).body) as PanelState,
    press: (asked, { digest = requestDigest(asked), ...choice } = {}) =>
      call('POST', `/api/requests/${asked.session}/approve`, { digest, ...who, ...choice }),
    end: async () => void (await call('POST', '/api/session/end', { operator: operatorName })),
    conduct: async (change) => void (await call('POST', '/api/session/conduct', { ...change, ...who })),
  }
}
