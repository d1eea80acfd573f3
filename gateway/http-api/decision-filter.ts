import type { DecisionFilter } from '../decisions/decision-log.ts'
import { administrator, sealed, type EventValue, type NewEvent } from '../ledger/event.ts'
import type { HttpApiPorts } from './api-ports.ts'
import type { DecisionExportQuery } from './contract/decision-answers.ts'
import type { SignedIn } from '../sign-in/who-is-signed-in.ts'

export function decisionFilterOf(query: DecisionExportQuery): DecisionFilter {
  const { person, device, session, action, allow, code, revision, from_ms: from, until_ms: until, search } = query
  return {
    ...given({ technician: person, device, session, action, code, revision, from, until }),
    ...(search === undefined || search === '' ? {} : { search }),
    ...(allow === undefined ? {} : { allow: allow === 'true' }),
  }
}

const given = <Members extends object>(members: Members) =>
  Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [Name in keyof Members]?: Exclude<Members[Name], undefined>
  }

/** Durable before anything is shown: whoever looks at names, or takes the log away, stands in the organisation's own log. */
export async function recordReading(
  ports: Pick<HttpApiPorts, 'events' | 'settings'>,
  type: Extract<NewEvent['type'], 'decisions.unmasked' | 'decisions.exported'>,
  { by, detail }: { readonly by: SignedIn['person']; readonly detail: Readonly<Record<string, EventValue>> },
): Promise<void> {
  const log = { kind: 'o', organisation: ports.settings.serviceOrganisation } as const
  await ports.events.append([{ log, type, session: null, actor: administrator(by.id), detail }])
}

/** As events keep it: what may name a person is sealed. */
export function filterDetail({ technician, search, ...rest }: DecisionFilter): Record<string, EventValue> {
  return {
    ...(technician === undefined ? {} : { person: sealed(technician) }),
    ...(search === undefined ? {} : { search: sealed(search) }),
    ...given(rest),
  }
}
