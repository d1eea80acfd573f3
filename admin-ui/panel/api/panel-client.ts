import { panelSecretHeader } from '../../../agent/panel/panel-api.ts'
import type {
  ApproveBody,
  ChatAnswerBody,
  ChatBody,
  ConductBody,
  DeleteRecordingBody,
  EndBody,
  HelpBody,
  HistoryPageBody,
  ModeBody,
  PairAnswer,
  PanelProblem,
  PanelState,
  ProtectRecordingBody,
  RecordingPartBody,
  RefuseBody,
  SwitchBody,
  TypingBody,
  UpdateBody,
  WindowBody,
  WithdrawBody,
} from '../../../agent/panel/panel-api.ts'
import { PanelProblemError } from './panel-problem-error.ts'

export interface PanelClient {
  approve(session: string, body: ApproveBody): Promise<PanelState>
  refuse(session: string, body: RefuseBody): Promise<PanelState>
  end(body: EndBody): Promise<PanelState>
  setConduct(body: ConductBody): Promise<PanelState>
  say(body: ChatBody): Promise<PanelState>
  /** What was written in a session of the history. */
  chatOf(session: string): Promise<ChatAnswerBody>
  setSwitch(service: string, body: SwitchBody): Promise<PanelState>
  setMode(service: string, body: ModeBody): Promise<PanelState>
  plan(body: WindowBody): Promise<PanelState>
  withdraw(window: string, body: WithdrawBody): Promise<PanelState>
  callForHelp(body: HelpBody): Promise<PanelState>
  withdrawCall(body: WithdrawBody): Promise<PanelState>
  setRemote(body: SwitchBody): Promise<PanelState>
  recordingPart(session: string, part: number): Promise<{ readonly body: RecordingPartBody; readonly size: number }>
  deleteRecording(session: string, body: DeleteRecordingBody): Promise<PanelState>
  protectRecording(session: string, body: ProtectRecordingBody): Promise<PanelState>
  /** What was before a moment (Unix milliseconds). */
  historyBefore(at: number): Promise<HistoryPageBody>
  /** Of a newer version of the agent. */
  decideUpdate(body: UpdateBody): Promise<PanelState>
  letAskAgain(technician: string): Promise<PanelState>
  /** The field for a PIN opens, or is closed: no byte passes in between. `where` is the field's own. */
  setTyping(on: boolean, where: string): Promise<PanelState>
  /** The answer of `GET /api/events`; throws {@link PanelProblemError} unless it is 200. */
  events(signal: AbortSignal): Promise<Response>
  /** The same of `GET /api/mirror`. */
  mirror(signal: AbortSignal): Promise<Response>
}

const send = async (path: string, init: RequestInit): Promise<Response> => {
  const response = await fetch(path, { ...init, cache: 'no-store', credentials: 'omit' }).catch((cause: unknown) => {
    throw new PanelProblemError('unreachable', 'The agent does not answer', { cause })
  })
  if (response.ok) return response
  const problem = (await response.json().catch(() => ({}))) as Partial<PanelProblem>
  throw new PanelProblemError(
    problem.code ?? 'internal',
    problem.message ?? `The agent answered ${response.status}`,
    problem.retry_s === undefined ? {} : { retryS: problem.retry_s },
  )
}

/** An act may wait for the button at the machine (20 s); a silent agent shows itself sooner, by its events. */
const answerMs = 25_000

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
})

/** Exchanges the printed code for this origin's secret. */
export const pairPanel = async (code: string): Promise<string> => {
  const answer = (await (await send('/api/pair', json({ code }))).json()) as PairAnswer
  return answer.secret
}

export const createPanelClient = ({ secret }: { readonly secret: string }): PanelClient => {
  const fetchWithSecret = (path: string, init: RequestInit): Promise<Response> => {
    const headers = new Headers(init.headers)
    headers.set(panelSecretHeader, secret)
    return send(path, { ...init, headers, signal: AbortSignal.timeout(answerMs) })
  }
  const ask = async (path: string, init: RequestInit): Promise<unknown> => (await fetchWithSecret(path, init)).json()
  const call = async (path: string, init: RequestInit): Promise<PanelState> => (await ask(path, init)) as PanelState
  const at = encodeURIComponent
  return {
    approve: (session, body) => call(`/api/requests/${at(session)}/approve`, json(body)),
    refuse: (session, body) => call(`/api/requests/${at(session)}/refuse`, json(body)),
    end: (body) => call('/api/session/end', json(body)),
    setConduct: (body) => call('/api/session/conduct', json(body)),
    say: (body) => call('/api/session/chat', json(body)),
    chatOf: async (session) => (await ask(`/api/chat/${at(session)}`, {})) as ChatAnswerBody,
    setSwitch: (service, body) => call(`/api/switches/${at(service)}`, json(body)),
    setMode: (service, body) => call(`/api/modes/${at(service)}`, json(body)),
    plan: (body) => call('/api/windows', json(body)),
    withdraw: (window, body) => call(`/api/windows/${at(window)}/withdraw`, json(body)),
    callForHelp: (body) => call('/api/help', json(body)),
    withdrawCall: (body) => call('/api/help/withdraw', json(body)),
    setRemote: (body) => call('/api/remote', json(body)),
    recordingPart: async (session, part) => {
      const text = await (await fetchWithSecret(`/api/recordings/${at(session)}/${part}`, {})).text()
      return { body: JSON.parse(text) as RecordingPartBody, size: text.length }
    },
    deleteRecording: (session, body) => call(`/api/recordings/${at(session)}/delete`, json(body)),
    protectRecording: (session, body) => call(`/api/recordings/${at(session)}/protect`, json(body)),
    historyBefore: async (moment) => (await ask(`/api/history/${moment}`, {})) as HistoryPageBody,
    decideUpdate: (body) => call('/api/update', json(body)),
    letAskAgain: (technician) => call(`/api/quiet/${at(technician)}`, { method: 'DELETE' }),
    setTyping: (on, where) => call('/api/typing', json({ on, where } satisfies TypingBody)),
    mirror: (signal) => send('/api/mirror', { signal, headers: { [panelSecretHeader]: secret } }),
    events: (signal) => send('/api/events', { signal, headers: { [panelSecretHeader]: secret } }),
  }
}
