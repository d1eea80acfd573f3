import { z } from 'zod'
import {
  chosenInstant,
  code,
  deviceId,
  instant,
  organisationId,
  page,
  pageOf,
  personId,
  plainText,
  regionName,
  serviceName,
  sessionId,
  wanted,
} from './building-blocks.ts'
import { role } from './me.ts'

/** Pages of the service administrator. All need the role `service_administrator` (reading: also `auditor`), else 403 `forbidden`. */
export const organisation = z.object({ id: organisationId, name: z.string(), kind: z.enum(['service', 'customer']) })
export const organisationList = z.object({ items: z.array(organisation) })
export const newOrganisation = z.strictObject({ name: plainText(100) })
export type Organisation = z.infer<typeof organisation>

const level = z.number().int().min(1).max(3)
const training = z.object({ product_line: code, level, valid_until: instant })
const givenTraining = z.strictObject({ product_line: code, level, valid_until: chosenInstant })

export const person = z.object({
  id: personId,
  username: z.string(),
  name: z.string(),
  organisation: z.object({ id: organisationId, name: z.string() }),
  status: z.enum(['active', 'disabled']),
  roles: z.array(role),
  regions: z.array(regionName),
  permissions: z.array(code),
  trainings: z.array(training),
  undertaking: z.object({ version: z.string(), accepted_at: instant }).nullable(),
  photo_url: z.string().nullable(),
  created_at: instant,
  version: z.number().int(),
})
export type Person = z.infer<typeof person>
export const personQuery = page.extend({
  search: wanted(100).optional(),
  role: role.optional(),
  status: z.enum(['active', 'disabled']).optional(),
})
export const personPage = pageOf(person)
export type PersonPage = z.infer<typeof personPage>

/** POST /api/v1/people: makes the personal account at the identity provider and the facts here; the link is shown once. */
export const newPerson = z.strictObject({
  username: z.string().regex(/^[a-z0-9][a-z0-9._-]{1,62}$/, 'lower-case letters, digits, ".", "_" and "-", 2 to 63'),
  name: plainText(100, 2),
  roles: z.array(role).min(1).max(role.options.length),
  regions: z.array(regionName).max(200).default([]),
  permissions: z.array(code).max(100).default([]),
  trainings: z.array(givenTraining).max(200).default([]),
})
export type NewPerson = z.input<typeof newPerson>
export const createdPerson = z.object({ person, setup_url: z.string(), setup_expires_at: instant })

/** PATCH /api/v1/people/{id}: `version` is the one that was read; 409 `stale_version` when somebody was faster. */
export const changePerson = z.strictObject({
  version: z.number().int(),
  name: plainText(100, 2).optional(),
  status: z.enum(['active', 'disabled']).optional(),
  roles: z.array(role).min(1).max(role.options.length).optional(),
  regions: z.array(regionName).max(200).optional(),
  permissions: z.array(code).max(100).optional(),
  trainings: z.array(givenTraining).max(200).optional(),
})
export type ChangePerson = z.infer<typeof changePerson>
/** POST /api/v1/people/{id}/setup-link; PUT|DELETE /api/v1/people/{id}/photo (image/jpeg, 64 KiB); GET /api/v1/people/{id}/photo */
export const setupLink = z.object({ setup_url: z.string(), setup_expires_at: instant })

const fingerprint = z.string().regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of a public key in lower-case hex')
const lateRenewal = z.object({
  waiting: z
    .object({
      public_key: z.string(),
      code: z.string().describe('What the panel of the machine shows'),
      ended_at: instant,
      since: instant,
      address: z.string(),
    })
    .nullable()
    .describe('The machine asks now, and an administrator has to decide'),
  decided: z
    .object({
      standing: z.enum(['confirmed', 'refused', 'renewed']),
      by_person: z.boolean(),
      ended_at: instant,
      decided_at: instant,
    })
    .nullable(),
})
/** POST /api/v1/devices/{id}/renewal/confirm | refuse: about the key that was read; 409 `no_such_renewal` when the machine asks with another one, or not any more. */
export const decideRenewal = z.strictObject({ public_key: fingerprint })

const recordingMode = z
  .enum(['off', 'mask_all', 'mask_texts', 'mask_passwords'])
  .describe('Whether its pages are recorded for the operator, and which of their fields are masked; passwords always')

export const device = z.object({
  id: deviceId,
  name: z.string(),
  organisation: z.object({ id: organisationId, name: z.string() }),
  site: z.string(),
  region: regionName,
  country: z.string(),
  time_zone: z.string(),
  product_line: code,
  model: z.string(),
  contract: z.enum(['active', 'ended']),
  status: z.enum(['registered', 'active', 'suspended', 'revoked']),
  enrolment: z.enum(['open', 'used', 'locked', 'none']),
  enrolment_code: z
    .string()
    .nullable()
    .describe('What the panel of a machine that waits for its first certificate shows: compare, then confirm'),
  online: z.boolean(),
  last_seen_at: instant.nullable(),
  remote_off_at: instant
    .nullable()
    .describe('When remote service as a whole was switched off at the machine; nobody but an operator there can switch it on'),
  remote_allowed: z
    .boolean()
    .describe('The switch for remote service as a whole at the gateway: off ends and bars sessions, and keeps the tunnel'),
  agent_version: z.string().nullable(),
  services: z.array(
    z.object({
      name: serviceName,
      title: z.string(),
      kind: z.enum(['http', 'vnc', 'ssh', 'tcp']),
      enabled_at_machine: z.boolean(),
      enabled: z.boolean(),
      recorded_at_machine: z.boolean().describe('Whether the machine’s own setting lets its pages be recorded'),
      recording: recordingMode,
      mode: z.enum(['attended', 'reconnect', 'unattended']).describe('How it may be entered, as operators at the machine chose'),
      attended_only: z.boolean().describe('The customer lets nobody enter it without a press at the machine, whatever was chosen there'),
    }),
  ),
  certificate_expires_at: instant.nullable(),
  late_renewal: lateRenewal.nullable().describe('Of a certificate that had ended while the machine was away; null: there was none'),
  created_at: instant,
  version: z.number().int(),
})
export type Device = z.infer<typeof device>
/** POST /api/v1/devices/{id}/enrolment/confirm; 409 `no_such_code` when the machine does not ask with it (any more). */
export const confirmEnrolment = z.strictObject({
  code: z.string().regex(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/, 'must be as the panel shows it, such as 4F7K-QX2M'),
})
export const deviceQuery = page.extend({
  search: wanted(100).optional(),
  region: wanted(32).optional(),
  status: z.enum(['registered', 'active', 'suspended', 'revoked']).optional(),
})
export const devicePage = pageOf(device)
export type DevicePage = z.infer<typeof devicePage>

const deviceFields = {
  name: plainText(100),
  organisation: organisationId,
  site: plainText(100),
  region: regionName,
  country: z.string().regex(/^[A-Z]{2}$/, 'two capital letters, ISO 3166-1'),
  time_zone: z.string().max(64).refine(isTimeZone, 'an IANA time zone, like "Europe/Berlin"'),
  product_line: code,
  model: plainText(100),
} as const

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== ''
  } catch {
    return false
  }
}

/** POST /api/v1/devices: 201; the one-time password is in this answer and nowhere else. */
export const newDevice = z.strictObject({ id: deviceId, ...deviceFields })
export type NewDevice = z.input<typeof newDevice>
/** What the machine's `agent.json` needs beside its own facts: `gateway` there, and the file that `gateway.caFile` names. */
export const gatewayForAgents = z.object({
  tunnel: z.string().describe('host:port, `gateway.tunnel` of agent.json'),
  est: z.string().describe('https://host:port, `gateway.est` of agent.json'),
  trust_domain: z.string().describe('`gateway.trustDomain` of agent.json'),
  ca_pem: z.string().describe('The certificates that the agent pins: content of the file `gateway.caFile`'),
})
export type GatewayForAgents = z.infer<typeof gatewayForAgents>
export const createdDevice = z.object({ device, enrolment_password: z.string(), gateway: gatewayForAgents })
/** PATCH /api/v1/devices/{id} */
export const changeDevice = z.strictObject({
  version: z.number().int(),
  name: deviceFields.name.optional(),
  site: deviceFields.site.optional(),
  region: deviceFields.region.optional(),
  country: deviceFields.country.optional(),
  time_zone: deviceFields.time_zone.optional(),
  product_line: deviceFields.product_line.optional(),
  model: deviceFields.model.optional(),
  contract: z.enum(['active', 'ended']).optional(),
  remote_allowed: z.boolean().optional(),
  switches: z
    .record(serviceName, z.boolean())
    .refine((switches) => Object.keys(switches).length <= 64, 'at most 64 services')
    .optional(),
  recording: z
    .record(serviceName, recordingMode)
    .refine((recording) => Object.keys(recording).length <= 64, 'at most 64 services')
    .optional(),
  attended_only: z
    .record(serviceName, z.boolean())
    .refine((services) => Object.keys(services).length <= 64, 'at most 64 services')
    .optional(),
})
export type ChangeDevice = z.infer<typeof changeDevice>
/** POST /api/v1/devices/{id}/suspend | resume | revoke {reason}; POST /api/v1/devices/{id}/enrolment → {enrolment_password} (voids the old one) */
export const deviceAct = z.strictObject({ reason: plainText(200, 3) })
/** POST /api/v1/devices/{id}/bundle: 201; key and passphrase are in this answer and nowhere else. `days`: default as of every device. */
export const orderBundle = z.strictObject({
  key_type: z.enum(['ec-p256', 'rsa-2048']).default('ec-p256'),
  days: z.number().int().min(1).max(825).optional(),
})
export const issuedBundle = z.object({
  pkcs12: z.string().describe('PKCS#12 in base64: key, certificate and what leads to the root'),
  passphrase: z.string(),
  certificate_expires_at: instant,
  gateway: gatewayForAgents,
})
export type IssuedBundle = z.infer<typeof issuedBundle>
export const openedEnrolment = z.object({ enrolment_password: z.string(), gateway: gatewayForAgents })

export const decisionSummary = z.object({
  id: z.string(),
  time_ms: z.number().int(),
  action: z.string(),
  person: z.object({ id: personId, name: z.string() }),
  device: z.object({ id: deviceId, name: z.string() }),
  service: z.string().nullable(),
  session: z.string().nullable(),
  allow: z.boolean(),
  denials: z.array(z.object({ code: z.string(), message: z.string() })),
})
export const decisionDetail = decisionSummary.extend({
  revision: z.string(),
  duration_us: z.number(),
  input: z.unknown(),
  result: z.unknown(),
})
/** GET /api/v1/decisions, /api/v1/decisions/{id}: roles `security_team`, `auditor`, `service_administrator`. */
export const decisionQuery = page.extend({
  person: personId.optional(),
  device: deviceId.optional(),
  session: sessionId.optional(),
  action: wanted(32).optional(),
  allow: z.enum(['true', 'false']).optional(),
})
export const decisionPage = pageOf(decisionSummary)
export type DecisionSummary = z.infer<typeof decisionSummary>
export type DecisionDetail = z.infer<typeof decisionDetail>
export type DecisionPage = z.infer<typeof decisionPage>
