import { z } from 'zod'
import type { UnknownAgentEvent } from '../devices/device-link.ts'
import { agentEvent, numbered } from './agent-answers.ts'

/** Of an unknown event is kept so much, in characters of its JSON. */
export const longestUnknownEvent = 4_096

const known: ReadonlySet<unknown> = new Set(agentEvent.options.map(({ shape }) => shape.type.value))

/** Only what no event of ours is called: a known one of a wrong shape stays wrong. */
const unknownEvent = z
  .looseObject({
    ...numbered,
    type: z
      .string()
      .max(64)
      .regex(/^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+$/)
      .refine((type) => !known.has(type), 'a known event of another shape'),
  })
  .transform(({ n, time, type, ...members }): UnknownAgentEvent => {
    const json = JSON.stringify(members)
    const { session } = members
    return {
      n,
      time,
      type: 'unknown',
      name: type,
      session: typeof session === 'string' ? session : null,
      json: json.slice(0, longestUnknownEvent).toWellFormed(),
      cut: json.length > longestUnknownEvent,
    }
  })

/** What an agent may send: the events of its contract, and those that an agent newer than this gateway has beside them. */
export const receivedEvent = z.union([agentEvent, unknownEvent])
