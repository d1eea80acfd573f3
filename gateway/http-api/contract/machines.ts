import { z } from 'zod'
import { callId, denial, deviceId, instant, page, pageOf, serviceName, wanted } from './building-blocks.ts'

/** Somebody at the machine asks for a technician. Whoever may see the machine sees it; one takes it by `POST /sessions` with `help`. */
export const helpCall = z.object({
  id: callId,
  what: z.string(),
  ticket: z.string().nullable(),
  services: z.array(z.object({ name: serviceName, title: z.string() })),
  by: z.string().describe('The operator who called'),
  called_at: instant,
  lets_in_until: instant.nullable().describe('Until then whoever policy lets take it comes in without a press at the machine'),
})
export type HelpCall = z.infer<typeof helpCall>

/** What a technician sees of a device: only what the policy action `view` allows; anything else does not exist (404). */
export const machineSummary = z.object({
  id: deviceId,
  name: z.string(),
  organisation: z.string().describe('Name of the customer'),
  site: z.string(),
  region: z.string(),
  country: z.string(),
  product_line: z.string(),
  model: z.string(),
  online: z.boolean(),
  last_seen_at: instant.nullable(),
  remote_off_at: instant
    .nullable()
    .describe('When remote service as a whole was switched off at the machine; nobody but an operator there can switch it on'),
  help: helpCall.nullable().describe('The call for help that is open at the machine'),
  session: z
    .object({ id: z.string(), state: z.string(), mine: z.boolean() })
    .nullable()
    .describe('The session that is not over on this machine, without names unless it is mine'),
})
export type MachineSummary = z.infer<typeof machineSummary>

export const machineQuery = page.extend({
  search: wanted(100).optional(),
  region: wanted(32).optional(),
  product_line: wanted(64).optional(),
  online: z.enum(['true', 'false']).optional(),
  calling: z.enum(['true']).optional().describe('Those where somebody calls for help, longest first, all on one page'),
})
export const machinePage = pageOf(machineSummary)
export type MachinePage = z.infer<typeof machinePage>

export const machineService = z.object({
  name: serviceName,
  title: z.string(),
  kind: z.enum(['http', 'vnc', 'ssh', 'tcp']),
  enabled: z.boolean().describe('The customer’s switch'),
  recorded: z.boolean().describe('Whether the operator sees its pages as they are used'),
  record_demanded: z.boolean().describe('Policy demands that: without a running recorder the session ends'),
  can_request: z.boolean().describe('Whether a request for this service would be sent to the operator now'),
  denials: z.array(denial).describe('Every reason against it, to show where the button would be'),
  missing: z.array(z.string()).describe('What the parties can still supply'),
  max_duration_s: z.number().int().nullable(),
})

export const machine = machineSummary.extend({
  time_zone: z.string(),
  agent_version: z.string().nullable(),
  services: z.array(machineService),
})
export type Machine = z.infer<typeof machine>
export type MachineService = z.infer<typeof machineService>
