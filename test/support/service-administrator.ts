import type { Device, NewPerson, Person, PersonPage } from '../../gateway/http-api/contract/administration.ts'
import type { SessionPage } from '../../gateway/http-api/contract/sessions.ts'
import type { PortalClient } from './portal-client.ts'

export type FactsChange = Partial<Pick<Person, 'regions' | 'permissions' | 'trainings' | 'roles' | 'status' | 'name'>>

/** What a service administrator does by the API, in the words of tests. */
export class ServiceAdministrator {
  readonly #client: PortalClient

  constructor(client: PortalClient) {
    this.#client = client
  }

  async person(username: string): Promise<Person> {
    const { body } = await this.#client.api<PersonPage>('GET', `/api/v1/people?search=${username}`)
    const person = body.items.find((item) => item.username === username)
    if (person === undefined) throw new Error(`there is no ${username}`)
    return person
  }

  /** Changes facts and gives them as they were before. */
  async change(username: string, change: FactsChange): Promise<Person> {
    const before = await this.person(username)
    await this.#demand('PATCH', `/api/v1/people/${before.id}`, { version: before.version, ...change })
    return before
  }

  /** Puts everything back that {@link change} gave. */
  async restore({ username, regions, permissions, trainings, roles, status }: Person): Promise<void> {
    await this.change(username, { regions, permissions, trainings, roles, status })
  }

  /** Somebody new, with the link at which he sets a password. */
  add(person: NewPerson): Promise<{ readonly setup_url: string }> {
    return this.#demand('POST', '/api/v1/people', person)
  }

  device(id: string): Promise<Device> {
    return this.#demand<Device>('GET', `/api/v1/devices/${id}`)
  }

  async setSwitch(id: string, service: string, enabled: boolean): Promise<void> {
    const { version } = await this.device(id)
    await this.#demand('PATCH', `/api/v1/devices/${id}`, { version, switches: { [service]: enabled } })
  }

  async allowRemote(id: string, allowed: boolean): Promise<void> {
    const { version } = await this.device(id)
    await this.#demand('PATCH', `/api/v1/devices/${id}`, { version, remote_allowed: allowed })
  }

  async wantPress(id: string, service: string, only: boolean): Promise<void> {
    const { version } = await this.device(id)
    await this.#demand('PATCH', `/api/v1/devices/${id}`, { version, attended_only: { [service]: only } })
  }

  act(id: string, act: 'suspend' | 'resume' | 'revoke', reason: string): Promise<Device> {
    return this.#demand<Device>('POST', `/api/v1/devices/${id}/${act}`, { reason })
  }

  async endAllSessions(): Promise<void> {
    const { items } = await this.#demand<SessionPage>('GET', '/api/v1/sessions?live=true')
    await Promise.all(items.map(({ id }) => this.#demand('POST', `/api/v1/sessions/${id}/end`)))
  }

  async #demand<Body>(method: string, path: string, body?: unknown): Promise<Body> {
    const answer = await this.#client.api<Body>(method, path, body)
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`)
    return answer.body
  }
}
