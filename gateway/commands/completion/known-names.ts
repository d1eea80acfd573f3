import type { Machine, MachinePage } from '../../http-api/contract/machines.ts'
import { createApiClient } from '../client/api-client.ts'
import { readCredentials } from '../client/credentials.ts'
import { printable } from '../printable.ts'
import type { KnownNames, Offer } from './offers-for.ts'

/** Somebody waits at a prompt: who is not there by then does not help him. */
const answerWithinMs = 1_500
const mostMachines = 200

/** Names from the portal where this command line is signed in; none where it is not, or where the portal does not answer in time. */
export function namesFromPortal(environment: NodeJS.ProcessEnv, nowS: number): KnownNames {
  const ask = async <Answer>(path: string): Promise<Answer | null> => {
    try {
      const client = createApiClient(await readCredentials(environment, nowS))
      return await client.get<Answer>(path, AbortSignal.timeout(answerWithinMs))
    } catch {
      return null
    }
  }
  return {
    async machines() {
      const page = await ask<MachinePage>(`/api/v1/machines?limit=${mostMachines}`)
      return (page?.items ?? []).filter(({ id }) => isMachine(id)).map(({ id, name }) => offer(id, name))
    },
    async services(id) {
      if (!isMachine(id)) return []
      const machine = await ask<Machine>(`/api/v1/machines/${encodeURIComponent(id)}`)
      // Web services are opened in the browser.
      const leadable = (machine?.services ?? []).filter(({ name, kind }) => isService(name) && (kind === 'tcp' || kind === 'ssh'))
      return leadable.map(({ name, title }) => offer(name, title))
    },
  }
}

/** A portal says these words and a shell takes them: names as we give them, or none. */
const isMachine = (id: unknown): boolean => typeof id === 'string' && /^[a-z0-9][a-z0-9.-]{0,62}$/.test(id)
const isService = (name: unknown): boolean => typeof name === 'string' && /^[a-z][a-z0-9-]{0,31}$/.test(name)

const offer = (value: string, description: string): Offer => ({ value, description: printable(description) })
