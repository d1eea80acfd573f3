import type {
  GatewayForAgents,
  IssuedBundle,
  ChangeDevice,
  ChangePerson,
  DecisionDetail,
  DecisionPage,
  DecisionRules,
  Device,
  DevicePage,
  NewDevice,
  NewPerson,
  Organisation,
  Person,
  PersonPage,
} from '../../../gateway/http-api/contract/administration.ts'
import type {
  GrantAnswer,
  GrantRequestAnswer,
  GrantRequestPage,
  NewGrantRequest,
} from '../../../gateway/http-api/contract/grant-requests.ts'
import type { Machine, MachinePage } from '../../../gateway/http-api/contract/machines.ts'
import type { Me, Undertaking } from '../../../gateway/http-api/contract/me.ts'
import type { NewSession } from '../../../gateway/http-api/contract/new-session.ts'
import type { PolicyReasonsAnswer } from '../../../gateway/http-api/contract/policy-reasons.ts'
import type { Session, SessionHistory, SessionPage } from '../../../gateway/http-api/contract/sessions.ts'
import type { Demo } from '../../../gateway/http-api/contract/walk-through.ts'
import { createCall } from './create-call.ts'

export type Query = Readonly<Record<string, string | undefined>>
export interface SetupLink {
  readonly setup_url: string
  readonly setup_expires_at: number
}

const at = encodeURIComponent
const search = (query: Query): string => {
  const text = new URLSearchParams(
    Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== ''),
  ).toString()
  return text === '' ? '' : `?${text}`
}

/** The REST API of the gateway as functions. The token against forged requests is taken from `/me` and kept here. */
export const createApi = () => {
  let csrf = ''
  const call = createCall(() => csrf)
  const get = async <T>(path: string): Promise<T> => (await call('GET', path)) as T
  const post = async <T>(path: string, body?: unknown): Promise<T> => (await call('POST', path, body)) as T
  const patch = async <T>(path: string, body: unknown): Promise<T> => (await call('PATCH', path, body)) as T
  return {
    /** For the chunks of pages that have calls of their own. */
    call,
    async me(): Promise<Me> {
      const me = await get<Me>('/me')
      csrf = me.csrf_token
      return me
    },
    demo: () => get<Demo>('/demo'),
    signOut: () => post<{ redirect: string }>('/sign-out'),
    allowCommandLine: (code_challenge: string) => post<{ code: string }>('/command-lines', { code_challenge }),
    undertaking: () => get<Undertaking>('/undertaking'),
    acceptUndertaking: (version: string) => post<unknown>('/me/undertaking', { version }),
    machines: (query: Query) => get<MachinePage>(`/machines${search(query)}`),
    machine: (id: string) => get<Machine>(`/machines/${at(id)}`),
    sessions: (query: Query) => get<SessionPage>(`/sessions${search(query)}`),
    session: (id: string) => get<Session>(`/sessions/${at(id)}`),
    history: (id: string) => get<SessionHistory>(`/sessions/${at(id)}/history`),
    ask: (body: NewSession) => post<Session>('/sessions', body),
    extend: (id: string, duration_s: number) => post<Session>(`/sessions/${at(id)}/extend`, { duration_s }),
    open: (id: string, service: string, bar: boolean) => post<{ url: string }>(`/sessions/${at(id)}/open`, { service, bar }),
    say: (id: string, text: string) => post<Session>(`/sessions/${at(id)}/messages`, { text }),
    end: (id: string) => post<Session>(`/sessions/${at(id)}/end`),
    organisations: () => get<{ items: Organisation[] }>('/organisations'),
    newOrganisation: (name: string) => post<Organisation>('/organisations', { name }),
    people: (query: Query) => get<PersonPage>(`/people${search(query)}`),
    person: (id: string) => get<Person>(`/people/${at(id)}`),
    newPerson: (body: NewPerson) => post<SetupLink & { person: Person }>('/people', body),
    changePerson: (id: string, body: ChangePerson) => patch<Person>(`/people/${at(id)}`, body),
    setupLink: (id: string) => post<SetupLink>(`/people/${at(id)}/setup-link`),
    putPhoto: (id: string, photo: Blob) => call('PUT', `/people/${at(id)}/photo`, photo),
    deletePhoto: (id: string) => call('DELETE', `/people/${at(id)}/photo`),
    devices: (query: Query) => get<DevicePage>(`/devices${search(query)}`),
    device: (id: string) => get<Device>(`/devices/${at(id)}`),
    newDevice: (body: NewDevice) => post<{ device: Device; enrolment_password: string; gateway: GatewayForAgents }>('/devices', body),
    changeDevice: (id: string, body: ChangeDevice) => patch<Device>(`/devices/${at(id)}`, body),
    deviceAct: (id: string, act: 'suspend' | 'resume' | 'revoke', reason: string) => post<Device>(`/devices/${at(id)}/${act}`, { reason }),
    confirmEnrolment: (id: string, code: string) => post<Device>(`/devices/${at(id)}/enrolment/confirm`, { code }),
    issueBundle: (id: string, order: { key_type: 'ec-p256' | 'rsa-2048'; days?: number }) =>
      post<IssuedBundle>(`/devices/${at(id)}/bundle`, order),
    decideRenewal: (id: string, decision: 'confirm' | 'refuse', key: string) =>
      post<Device>(`/devices/${at(id)}/renewal/${decision}`, { public_key: key }),
    openEnrolment: (id: string) => post<{ enrolment_password: string; gateway: GatewayForAgents }>(`/devices/${at(id)}/enrolment`),
    decisions: (query: Query) => get<DecisionPage>(`/decisions${search(query)}`),
    policyReasons: () => get<PolicyReasonsAnswer>('/policy/reasons'),
    grantRequests: (query: Query) => get<GrantRequestPage>(`/grant-requests${search(query)}`),
    askForGrant: (body: NewGrantRequest) => post<GrantRequestAnswer>('/grant-requests', body),
    answerGrantRequest: (id: string, body: GrantAnswer) => post<GrantRequestAnswer>(`/grant-requests/${at(id)}/answer`, body),
    withdrawGrantRequest: (id: string) => post<GrantRequestAnswer>(`/grant-requests/${at(id)}/withdraw`),
    decision: (id: string, query: Query = {}) => get<DecisionDetail>(`/decisions/${at(id)}${search(query)}`),
    decisionRules: (id: string) => get<DecisionRules>(`/decisions/${at(id)}/rules`),
    decisionExport: (query: Query) => `/api/v1/decisions/export${search(query)}`,
  }
}

export type Api = ReturnType<typeof createApi>
