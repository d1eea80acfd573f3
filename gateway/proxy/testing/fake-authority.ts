import { createServer, type Server } from 'node:http'
import { connect, createServer as createNetServer, type AddressInfo, type Server as NetServer, type Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { RecordingMode } from '../../../agent/wire/mirror.ts'
import { CodedError } from '../../basics/coded-error.ts'
import type { DeviceId, PersonId, ServiceName, SessionId } from '../../basics/ids.ts'
import type { RequestRule } from '../../decisions/decision-result.ts'
import type { SessionSummary, StreamAuthority, StreamDenied, StreamTransaction } from '../ports.ts'
import { mirroredPage, type MirroredPage } from './mirrored-page.ts'

/** Sessions and machine in one: streams are real sockets to a real HTTP server that stands for agent and machine. */
export interface FakeAuthority extends StreamAuthority {
  rules: readonly RequestRule[] | null
  denied: StreamDenied | undefined
  /** Whose the session is, from the next grant on. */
  personId: PersonId
  summary: SessionSummary
  openError: Error | undefined
  /** Whether the person may send one more request now. */
  mayAsk: boolean
  /** How the operator lets it go on. */
  conduct: { paused: boolean; changedAtMs: number }
  /** As the customer and policy have it. */
  recording: RecordingMode
  recordDemanded: boolean
  /** How often the session was to end since no recorder runs. */
  recorderLost: number
  readonly transactions: StreamTransaction[]
  /** Streams that were opened, newest last. */
  readonly streams: Duplex[]
  authorizations: number
  /** Recorded pages that reached the operator's side, newest last. */
  readonly pages: MirroredPage[]
  mirrorRefusal: string | undefined
  /** Ends the session: every grant is withdrawn. */
  end(reason: string, by: string | null): void
  /** Withdraws the grants alone. */
  withdraw(): void
  close(): Promise<void>
}

/** `machine` answers as agent and machine; with `raw` it gets the sockets instead. */
export async function fakeAuthority(options: {
  machine?: Server
  raw?: (socket: Socket) => void
  deviceId: DeviceId
}): Promise<FakeAuthority> {
  const machine: NetServer = options.raw === undefined ? (options.machine ?? createServer()) : createNetServer(options.raw)
  const accepted: Socket[] = []
  machine.on('connection', (socket) => accepted.push(socket))
  await new Promise<void>((resolve) => machine.listen(0, '127.0.0.1', resolve))
  const port = (machine.address() as AddressInfo).port
  let withdrawal = new AbortController()
  const openStream = (): Promise<Duplex> => {
    if (authority.openError !== undefined) return Promise.reject(authority.openError)
    return new Promise((resolve, reject) => {
      const socket = connect(port, '127.0.0.1')
      authority.streams.push(socket)
      socket.once('connect', () => resolve(socket)).once('error', reject)
    })
  }
  const authority: FakeAuthority = {
    rules: null,
    denied: undefined,
    personId: 'per_00000000000000000000000000000001' as PersonId,
    openError: undefined,
    mayAsk: true,
    conduct: { paused: false, changedAtMs: 0 },
    summary: {
      sessionId: 'ses_00000000000000000000000000000001' as SessionId,
      state: 'open',
      endedReason: null,
      endedBy: null,
      deviceName: 'Press 7',
      technicianName: 'Mia Berg',
      expiresAt: null,
    },
    recording: 'mask_all',
    recordDemanded: false,
    recorderLost: 0,
    transactions: [],
    streams: [],
    authorizations: 0,
    pages: [],
    mirrorRefusal: undefined,
    async authorize(sessionId: SessionId, service: ServiceName) {
      authority.authorizations++
      if (authority.denied !== undefined) return authority.denied
      const { signal } = withdrawal
      const record = (transaction: StreamTransaction): void => void authority.transactions.push(transaction)
      return {
        sessionId,
        deviceId: options.deviceId,
        personId: authority.personId,
        service,
        kind: 'http',
        requestRules: authority.rules,
        signal,
        conduct: () => authority.conduct,
        openStream,
        async openMirror(page) {
          if (authority.mirrorRefusal !== undefined)
            throw new CodedError({ code: authority.mirrorRefusal, message: 'no', remedy: 'forbidden' })
          const shown = mirroredPage(page)
          authority.pages.push(shown)
          signal.addEventListener('abort', () => shown.stream.destroy(), { once: true })
          return shown.stream
        },
        recording: authority.recording,
        recordDemanded: authority.recordDemanded,
        recorderLost: () => {
          authority.recorderLost += 1
          authority.end('recorder_lost', null)
        },
        countRequest: () => authority.mayAsk,
        record,
      }
    },
    sessionSummary: async () => authority.summary,
    end(reason, by) {
      authority.denied = { denied: true, code: 'session_over', message: 'over', endedReason: reason, endedBy: by }
      authority.summary = { ...authority.summary, state: 'ended', endedReason: reason, endedBy: by }
      withdrawal.abort(reason)
    },
    withdraw() {
      withdrawal.abort('decided anew')
      withdrawal = new AbortController()
    },
    async close() {
      for (const stream of [...authority.streams, ...accepted]) stream.destroy()
      await new Promise((resolve) => machine.close(resolve))
    },
  }
  return authority
}
