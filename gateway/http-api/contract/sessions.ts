import { z } from 'zod'
import { callId, denial, deviceId, instant, page, pageOf, personId, plainText, serviceName, sessionId } from './building-blocks.ts'

export const sessionState = z.enum(['requested', 'awaiting_approval', 'approved', 'open', 'ended'])
export const endReason = z.enum([
  'completed',
  'ended_by_operator',
  'ended_by_technician',
  'time_limit',
  'refused',
  'approval_timeout',
  'withdrawn',
  'policy',
  'switch_off',
  'device_lost',
  'panel_lost',
  'recorder_lost',
  'clock',
  'suspended',
  'revoked',
  'gateway_shutdown',
  'error',
])

export const session = z.object({
  id: sessionId,
  state: sessionState,
  machine: z.object({ id: deviceId, name: z.string(), site: z.string(), online: z.boolean() }),
  technician: z.object({ id: personId, name: z.string(), organisation: z.string(), photo_url: z.string().nullable() }),
  mine: z.boolean(),
  services: z.array(
    z.object({
      name: serviceName,
      title: z.string(),
      kind: z.enum(['http', 'vnc', 'ssh', 'tcp']),
      approved: z.boolean().describe('False until approved, and where the operator allowed fewer services'),
      open_streams: z.number().int(),
    }),
  ),
  purpose: z.string(),
  ticket: z.string().nullable(),
  help: callId.nullable().describe('The call for help that it answers'),
  asked_duration_s: z.number().int(),
  requested_at: instant,
  /** The operator has until then to answer. */
  decide_by: instant.nullable(),
  approved_at: instant.nullable(),
  approved_by: z.string().nullable(),
  opened_at: instant.nullable(),
  expires_at: instant.nullable(),
  ended_at: instant.nullable(),
  end_reason: endReason.nullable(),
  ended_by: z.string().nullable(),
  end_denials: z.array(denial).describe('Why policy ended it, when it did'),
  conduct: z
    .object({
      paused: z.boolean(),
      view_only: z.boolean(),
      held: z.enum(['pin', 'enabling']).nullable(),
      why: z.enum(['unexplained']).nullable(),
      by: z.string().nullable(),
    })
    .describe(
      'How the operator lets it go on: paused, no byte passes; view only, nothing passes that could change the machine; held, no byte passes while a PIN is typed at the machine, or none of a service whose enabling switch nobody holds; why: where the machine paused it by itself, at a request that changes something and that no act on a recorded page explains',
    ),
  recorded: z.boolean().describe('Pages of it are recorded now: what the technician sees and does reaches the machine'),
  watched: z.boolean().describe('Somebody at the machine has these pages before him now'),
  messages: z
    .array(
      z.object({
        n: z.number().int(),
        time_ms: z.number().int(),
        from: z.enum(['operator', 'technician']),
        name: z.string().nullable(),
        text: z.string().describe('Plain text'),
      }),
    )
    .describe('What operator and technician wrote, while the session lives; the newest 50. All of it is in the history'),
  extension: z
    .object({ duration_s: z.number().int(), requested_at: instant })
    .nullable()
    .describe('An extension that waits for the operator'),
  extensions: z.number().int(),
  /** Set while the tunnel is gone and the session survives the gap. */
  tunnel_lost_at: instant.nullable(),
  now: instant.describe('The gateway’s clock, so that a countdown does not depend on the browser’s'),
})
export type Session = z.infer<typeof session>
export type SessionState = z.infer<typeof sessionState>
export type EndReason = z.infer<typeof endReason>

/** `mine=true` (default for technicians, who never see others'), `live=true`, `machine=…`, `person=…`. */
export const sessionQuery = page.extend({
  mine: z.enum(['true', 'false']).optional(),
  live: z.enum(['true', 'false']).optional(),
  machine: deviceId.optional(),
  person: personId.optional(),
})
export const sessionPage = pageOf(session)
export type SessionPage = z.infer<typeof sessionPage>

/** POST /api/v1/sessions/{id}/extend: asks the operator for more time; 202 with the session. */
export const extendSession = z.strictObject({
  duration_s: z
    .number()
    .int()
    .min(60)
    .max(8 * 3600),
})
/** POST /api/v1/sessions/{id}/open: a one-time address of the service’s own origin; open it in a new tab at once. */
export const openService = z.strictObject({
  service: serviceName,
  bar: z.boolean().default(false).describe('With the bar around it, on an origin of its own; else the service’s page alone'),
})
export const openedService = z.object({ url: z.string() })
/** POST /api/v1/sessions/{id}/messages: writes to the operator; 200 with the session once the machine has it. */
export const newMessage = z.strictObject({ text: plainText(1_000) })
/** POST /api/v1/sessions/{id}/end without body: withdraws a request, or ends the session. 200 with the session. */

/** GET /api/v1/sessions/{id}/history */
const sessionEvent = z.object({
  time_ms: z.number().int(),
  type: z.string(),
  actor: z.object({ kind: z.string(), name: z.string().nullable() }),
  detail: z.record(z.string(), z.unknown()),
})
export const sessionHistory = z.object({ items: z.array(sessionEvent) })
export type SessionHistory = z.infer<typeof sessionHistory>

/**
 * GET /api/v1/events: text/event-stream, one for each browser. `event: session` with a {@link session}; `event: machine` with
 * `{}` (some machine changed: read again what is shown; an id could name one that the person may not see); `event: me` (facts or roles changed: read `/me` again); `event: signed_out`;
 * the stream ends with the sign-in that opened it, `signed_out` being its last event; a comment line every 15 s. `Last-Event-ID` is honoured
 * for 1,000 events or 512 KiB, else `event: resync` (read everything again).
 */
