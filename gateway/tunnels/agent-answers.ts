import { z } from 'zod'
import type { AgentEvent, AgentInfo, AgentSnapshot, StreamRefusal } from '../../agent/wire/agent-api.ts'
import { longestChatText, mostChatMessages, type ChatAnswer, type ChatMessage } from '../../agent/wire/chat.ts'
import { helpCallId, longestHelpText, longestTicket, type HelpCall } from '../../agent/wire/help-call.ts'
import { isPlainText } from '../../agent/wire/plain-text.ts'

// The shapes of agent/wire/agent-api.ts as checks of what a machine really sends. Members that we do not know are dropped.

/** People read these. */
const text = (maxLength: number) => z.string().max(maxLength).refine(isPlainText, 'control or direction characters')
const count = z.int().nonnegative()
const boot = z.string().regex(/^[0-9a-f]{32}$/)
const session = z.string().regex(/^ses_[0-9a-f]{32}$/)
const service = z.string().regex(/^[a-z][a-z0-9-]{0,31}$/)
/** Three parts of base64url: what is in them is for the one who verifies the signature. */
const compactJws = z
  .string()
  .max(16_384)
  .regex(/^[\w-]+\.[\w-]+\.[\w-]+$/)
const person = text(200).nullable()
const held = z.enum(['pin', 'enabling']).nullable()
const why = z.enum(['unexplained']).nullable()
const entryMode = z.enum(['attended', 'reconnect', 'unattended'])

const callId = z.string().regex(helpCallId)
const helpCall = z.object({
  id: callId,
  what: text(longestHelpText).min(1),
  ticket: text(longestTicket).nullable(),
  services: z.array(service).min(1).max(64),
  by: text(200),
  called_at: count,
  lets_in_until: count.nullable(),
}) satisfies z.ZodType<HelpCall>

const chatMessage = z.object({
  n: z.int().positive(),
  at: count,
  from: z.enum(['operator', 'technician']),
  name: person,
  text: text(longestChatText).min(1),
}) satisfies z.ZodType<ChatMessage>
export const chatAnswer = z.object({ n: z.int().positive(), at: count }) satisfies z.ZodType<ChatAnswer>

export const agentInfo = z.object({
  version: text(100),
  boot,
  device: z.string().max(63),
  services: z
    .array(
      z.object({
        name: service,
        kind: z.enum(['http', 'vnc', 'ssh', 'tcp']),
        title: text(200),
        enabled: z.boolean(),
        mode: entryMode.optional(),
        recorded: z.boolean().optional(),
      }),
    )
    .max(64)
    .refine((services) => new Set(services.map(({ name }) => name)).size === services.length, 'a service is named twice'),
  clock: count,
  panel_connected: z.boolean(),
  request_timeout_s: count,
}) satisfies z.ZodType<AgentInfo>

export const agentSnapshot = z.object({
  boot,
  shown: z.array(session).max(64),
  live: z
    .array(
      z.object({
        id: session,
        approval: compactJws,
        expires_at: count,
        open_streams: count,
        paused: z.boolean().default(false),
        view_only: z.boolean().default(false),
        held: held.optional(),
        why: why.optional(),
        watched: z.boolean().default(false),
        chat: z.array(chatMessage).max(mostChatMessages).default([]),
      }),
    )
    .max(256),
  help: helpCall.nullable().default(null),
  last_event: count,
}) satisfies z.ZodType<AgentSnapshot>

export const numbered = { n: z.int().positive(), time: count }

export const agentEvent = z.discriminatedUnion('type', [
  z.object({ ...numbered, type: z.literal('approval.given'), session, approval: compactJws }),
  z.object({
    ...numbered,
    type: z.literal('request.refused'),
    session,
    kind: z.enum(['open', 'extend']),
    how: z.enum(['refused', 'timeout', 'not_now', 'not_today']),
    by: person,
  }),
  z.object({
    ...numbered,
    type: z.literal('session.ended'),
    session,
    reason: z.enum(['ended_by_operator', 'time_limit', 'switch_off', 'panel_lost', 'device_lost', 'clock']),
    by: person,
  }),
  z.object({ ...numbered, type: z.literal('switch.changed'), service, enabled: z.boolean(), by: person }),
  z.object({
    ...numbered,
    type: z.literal('session.conduct'),
    session,
    paused: z.boolean(),
    view_only: z.boolean(),
    held: held.optional(),
    why: why.optional(),
    by: person,
  }),
  z.object({ ...numbered, type: z.literal('session.watched'), session, watched: z.boolean() }),
  z.object({ ...numbered, type: z.literal('mode.changed'), service, mode: entryMode, minutes: count.nullable(), by: text(200) }),
  z.object({
    ...numbered,
    type: z.literal('window.changed'),
    planned: z.boolean(),
    technician: z.string().max(100),
    services: z.array(service).max(64),
    from: count,
    until: count,
    by: person,
  }),
  z.object({ ...numbered, type: z.literal('help.called'), call: helpCall }),
  z.object({ ...numbered, type: z.literal('help.withdrawn'), call: callId, by: person }),
  z.object({ ...numbered, type: z.literal('help.done'), call: callId, session }),
  z.object({ ...numbered, type: z.literal('chat.said'), session, message: chatMessage }),
  z.object({ ...numbered, type: z.literal('panel.changed'), connected: z.boolean() }),
  z.object({ ...numbered, type: z.literal('remote.changed'), enabled: z.boolean(), by: text(200) }),
  z.object({ ...numbered, type: z.literal('pin.paused'), operator: text(200), wrong: count }),
  z.object({
    ...numbered,
    type: z.literal('update.changed'),
    what: z.enum(['offered', 'agreed', 'declined', 'rejected', 'installed', 'rolled_back']),
    version: text(100),
    from: text(100),
    reason: text(100).nullable(),
    by: person,
  }),
]) satisfies z.ZodType<AgentEvent>

/** RFC 9457 problem of a request that the agent does not show. */
export const showRefusal = z.object({
  code: z.enum(['busy', 'not_now', 'not_today', 'switch_off', 'help_over', 'unknown_service', 'bad_request']),
})

const refusals: Readonly<Record<StreamRefusal, string>> = {
  unknown_service: 'The machine has no service of this name.',
  no_approval: 'Nobody at the machine has approved this session.',
  service_not_approved: 'The operator did not approve this service in this session.',
  switch_off: 'The customer has switched this service off.',
  expired: 'The time of this session is over.',
  view_only: 'The operator lets this session only look.',
  too_many_streams: 'Too many connections to this machine at once. Close some and try again.',
  service_unreachable: 'The service on the machine does not answer.',
  bad_request: 'The machine did not understand the gateway.',
}

/** What a refused stream means to people, or undefined when the agent said something else. */
export function streamRefusal(code: string): { readonly code: StreamRefusal; readonly message: string } | undefined {
  return Object.hasOwn(refusals, code) ? { code: code as StreamRefusal, message: refusals[code as StreamRefusal] } : undefined
}
