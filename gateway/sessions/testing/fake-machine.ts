import { PassThrough, type Duplex } from 'node:stream'
import type { AgentEndReason, AgentEvent, AgentService, RefusalHow, PortalSwitches } from '../../../agent/wire/agent-api.ts'
import type { ChatMessage } from '../../../agent/wire/chat.ts'
import type { HelpCall } from '../../../agent/wire/help-call.ts'
import type { ApprovalClaims } from '../../../agent/wire/approval.ts'
import { requestDigest, type SessionRequest } from '../../../agent/wire/session-request.ts'
import type { DeviceSigner } from '../../../test/support/device-signer.ts'
import type { Clock } from '../../basics/clock.ts'
import { CodedError } from '../../basics/coded-error.ts'
import type { DeviceId, SessionId } from '../../basics/ids.ts'
import { systemRandom } from '../../basics/random.ts'
import type { DeviceLink, ShowRequestAnswer } from '../../devices/device-link.ts'
import { exampleCall } from './example-call.ts'

export interface FakeLink extends DeviceLink {
  /** The tunnel ends; the machine goes on. */
  lose(reason?: string): void
  /** Every event is carried out and the gateway waits for more, or the tunnel is gone. */
  readonly waiting: boolean
}

interface LiveAtMachine {
  readonly id: string
  readonly approval: string
  readonly exp: number
  readonly services: readonly string[]
}

type EventBody = AgentEvent extends infer Each ? (Each extends AgentEvent ? Omit<Each, 'n' | 'time'> : never) : never

/** A machine with an honest agent and an operator, as far as a gateway can tell: one question and one session at a time. */
export class FakeMachine {
  readonly id: DeviceId
  boot = systemRandom.hex(16)
  services: AgentService[] = ['hmi', 'files'].map((name) => ({ name, kind: 'http', title: name, enabled: true }))
  clockOffsetS = 0
  conduct = { paused: false, view_only: false, watched: false }
  /** What the gateway told of its own switches, oldest first. */
  readonly portal: PortalSwitches[] = []
  events: AgentEvent[] = []
  shown: SessionRequest | null = null
  live: LiveAtMachine | null = null
  help: HelpCall | null = null
  readonly chat: ChatMessage[] = []
  /** What the gateway told it to end, oldest first. */
  readonly ended: { readonly id: string; readonly reason: string; readonly by: string | null }[] = []
  readonly streams: Duplex[] = []
  /** Recorded pages that it was asked to show. */
  readonly pages: { readonly service: string; readonly page: string; readonly stream: Duplex }[] = []
  /** Runs before the machine answers a request to show, and may answer instead. */
  beforeShowing: (request: SessionRequest) => Promise<ShowRequestAnswer | undefined> = async () => undefined
  /** Runs before the machine carries out an ending, and may throw. */
  beforeEnding: () => Promise<void> = async () => {}
  /** Runs before the machine says what it is, which is asked first after each connect. */
  beforeInfo: () => Promise<void> = async () => {}
  /** Runs between the opening of a stream and the word of it. */
  beforeStream: () => Promise<void> = async () => {}
  readonly #signer: DeviceSigner
  readonly #clock: Clock
  readonly #wake = new Set<() => void>()

  constructor(options: { readonly id: DeviceId; readonly signer: DeviceSigner; readonly clock: Clock }) {
    this.id = options.id
    this.#signer = options.signer
    this.#clock = options.clock
  }

  get nowS(): number {
    return this.#clock.nowS() + this.clockOffsetS
  }

  /** The claims of a press on what is shown. */
  claims(change: Partial<ApprovalClaims> = {}): ApprovalClaims {
    const request = this.shown
    if (request === null) throw new Error('nothing is shown at the machine')
    const from = request.kind === 'extend' && this.live !== null ? this.live.exp : this.nowS
    return {
      iss: `spiffe://${request.gateway}/device/${this.id}`,
      aud: request.gateway,
      jti: systemRandom.hex(16),
      boot: this.boot,
      mode: 'attended',
      sid: request.session,
      sub: request.technician.id,
      services: request.services,
      request_digest: requestDigest(request),
      operator: { name: 'Olga', proof: 'none' },
      iat: this.nowS,
      nbf: this.nowS,
      exp: from + request.duration_s,
      ...change,
    }
  }

  /** The operator presses. Gives back the approval. */
  async press(change: Partial<ApprovalClaims> = {}, signer = this.#signer): Promise<string> {
    const request = this.shown
    const claims = this.claims(change)
    const approval = await signer.sign(claims)
    // Taken back, or the agent died, in the moment of the press.
    if (this.shown !== request || this.boot !== claims.boot) return approval
    const session = request?.session ?? ''
    this.shown = null
    this.live = { id: session, approval, exp: claims.exp, services: claims.services }
    this.append({ type: 'approval.given', session, approval })
    return approval
  }

  refuse(how: RefusalHow = 'refused', by: string | null = 'Olga'): void {
    const { session, kind } = this.shown ?? { session: '', kind: 'open' as const }
    this.shown = null
    this.append({ type: 'request.refused', session, kind, how, by })
  }

  end(reason: AgentEndReason = 'ended_by_operator', by: string | null = null): void {
    const session = this.live?.id ?? ''
    this.#drop(session)
    this.append({ type: 'session.ended', session, reason, by })
  }

  callForHelp(change: Partial<HelpCall> = {}): HelpCall {
    this.help = exampleCall(this.#clock.nowMs(), change)
    this.append({ type: 'help.called', call: this.help })
    return this.help
  }

  /** Somebody at the panel writes. */
  say(text: string, name: string | null = 'Olga'): ChatMessage {
    const message = this.#keep('operator', name, text)
    this.append({ type: 'chat.said', session: this.live?.id ?? '', message })
    return message
  }

  #keep(from: ChatMessage['from'], name: string | null, text: string): ChatMessage {
    const message = { n: this.chat.length + 1, at: this.#clock.nowMs(), from, name, text }
    this.chat.push(message)
    return message
  }

  withdrawCall(): void {
    const call = this.help?.id ?? ''
    this.help = null
    this.append({ type: 'help.withdrawn', call, by: 'Olga' })
  }

  switch(service: string, enabled: boolean): void {
    this.services = this.services.map((each) => (each.name === service ? { ...each, enabled } : each))
    this.append({ type: 'switch.changed', service, enabled, by: 'Olga' })
    if (!enabled && this.live?.services.includes(service) === true) this.end('switch_off', 'Olga')
  }

  /** The agent's process dies and starts again: what it held is gone, its events are not. */
  restart(): void {
    this.boot = systemRandom.hex(16)
    this.shown = null
    if (this.live !== null) this.end('device_lost')
  }

  append(body: EventBody): void {
    this.events.push({ ...body, n: (this.events.at(-1)?.n ?? 0) + 1, time: this.#clock.nowMs() })
    for (const wake of this.#wake) wake()
  }

  /** A new tunnel. */
  connect(): FakeLink {
    const gone = new AbortController()
    const { promise: closed, resolve } = Promise.withResolvers<string>()
    const lose = (reason: string): void => {
      if (gone.signal.aborted) return
      gone.abort(deviceGone())
      for (const stream of this.streams) stream.destroy()
      resolve(reason)
      for (const wake of this.#wake) wake()
    }
    const answer = async <Answer>(make: () => Answer | Promise<Answer>): Promise<Answer> => {
      gone.signal.throwIfAborted()
      return Promise.race([Promise.resolve().then(make), whenAborted(gone.signal)])
    }
    const feed = { waiting: false }
    return {
      deviceId: this.id,
      connectedAt: this.#clock.nowMs(),
      remoteAddress: '192.0.2.7',
      certificateFingerprint: 'f'.repeat(64),
      certificatePem: this.#signer.certificatePem,
      closed,
      close: (reason) => lose(reason),
      lose: (reason = 'dead') => lose(reason),
      get waiting() {
        return feed.waiting || gone.signal.aborted
      },
      info: () =>
        answer(async () => {
          await this.beforeInfo()
          const { boot, services, nowS } = this
          return { version: '1.0.0', boot, device: this.id, services, clock: nowS, panel_connected: true, request_timeout_s: 60 }
        }),
      snapshot: () =>
        answer(() => ({
          boot: this.boot,
          shown: this.shown === null ? [] : [this.shown.session],
          live:
            this.live === null
              ? []
              : [
                  {
                    id: this.live.id,
                    approval: this.live.approval,
                    expires_at: this.live.exp,
                    open_streams: 0,
                    ...this.conduct,
                    chat: this.chat,
                  },
                ],
          help: this.help,
          last_event: this.events.at(-1)?.n ?? 0,
        })),
      events: (after, signal) => this.#feed(after, signal, gone.signal, feed),
      showRequest: (request) => answer(() => this.#show(request)),
      endSession: (id, reason, by) =>
        answer(async () => {
          await this.beforeEnding()
          this.ended.push({ id, reason, by })
          this.#drop(id)
        }),
      setSwitches: (switches) => answer(() => this.portal.push(switches) > 0),
      openMirror: (id, service, page) =>
        answer(() => {
          if (this.live?.id !== id) throw new CodedError({ code: 'mirror_unknown', message: 'no such session', remedy: 'not_found' })
          const stream = new PassThrough()
          this.pages.push({ service, page, stream })
          return stream
        }),
      say: (id, text) =>
        answer(() => {
          if (this.live?.id !== id) throw new CodedError({ code: 'chat_unavailable', message: 'no session', remedy: 'conflict' })
          return this.#keep('technician', 'Tom', text)
        }),
      openStream: (id, service) => answer(() => this.#open(id, service)),
    }
  }

  async #show(request: SessionRequest): Promise<ShowRequestAnswer> {
    const busy = this.shown !== null || (request.kind === 'open' && this.live !== null)
    if (!busy) this.shown = request
    return (await this.beforeShowing(request)) ?? (busy ? { shown: false, code: 'busy' } : { shown: true })
  }

  async #open(id: SessionId, service: string): Promise<Duplex> {
    const { live } = this
    if (live?.id !== id || !live.services.includes(service) || this.nowS >= live.exp) {
      throw new CodedError({ code: 'no_approval', message: 'no approval', remedy: 'forbidden' })
    }
    const stream = new PassThrough()
    this.streams.push(stream)
    await this.beforeStream()
    return stream
  }

  #drop(id: string): void {
    if (this.shown?.session === id) this.shown = null
    if (this.live?.id !== id) return
    this.live = null
    for (const stream of this.streams.splice(0)) stream.destroy()
  }

  async *#feed(after: number, signal: AbortSignal, gone: AbortSignal, feed: { waiting: boolean }): AsyncGenerator<AgentEvent> {
    let last = after
    const { promise: stopped, resolve: stop } = Promise.withResolvers<void>()
    signal.addEventListener('abort', () => stop(), { once: true })
    while (!signal.aborted) {
      const next = this.events.find((event) => event.n > last)
      if (next !== undefined) {
        last = next.n
        feed.waiting = false
        yield next
        continue
      }
      gone.throwIfAborted()
      feed.waiting = true
      const { promise: woken, resolve: wake } = Promise.withResolvers<void>()
      this.#wake.add(wake)
      await Promise.race([woken, stopped])
      this.#wake.delete(wake)
      feed.waiting = false
    }
  }
}

const deviceGone = (): CodedError =>
  new CodedError({ code: 'device_gone', message: 'The machine is not connected any more.', remedy: 'retry' })

function whenAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}
