import { z } from 'zod'
import { chosenInstant, code, deviceId, organisationId, page, plainText, regionName, serviceName, wanted } from './building-blocks.ts'
import { role } from './me.ts'

// Types alone: the pages carry no schema of an answer, which they do not check.
export type { DecisionDetail, DecisionPage, DecisionRules, DecisionSummary } from './decision-answers.ts'
export type { Person, PersonPage } from './person-answers.ts'
export type { Device, DevicePage, GatewayForAgents, IssuedBundle } from './device-answers.ts'

/** Pages of the service administrator. All need the role `service_administrator` (reading: also `auditor`), else 403 `forbidden`. */
export const organisation = z.object({ id: organisationId, name: z.string(), kind: z.enum(['service', 'customer']) })
export const organisationList = z.object({ items: z.array(organisation) })
export const newOrganisation = z.strictObject({ name: plainText(100) })
export type Organisation = z.infer<typeof organisation>

export const level = z.number().int().min(1).max(3)
const givenTraining = z.strictObject({ product_line: code, level, valid_until: chosenInstant })

export const personQuery = page.extend({
  search: wanted(100).optional(),
  role: role.optional(),
  status: z.enum(['active', 'disabled']).optional(),
})
/** POST /api/v1/people: makes the personal account at the identity provider and the facts here; the link is shown once. */
export const newPerson = z.strictObject({
  username: z.string().regex(/^[a-z0-9][a-z0-9._-]{1,62}$/, 'lower-case letters, digits, ".", "_" and "-", 2 to 63'),
  name: plainText(100, 2),
  organisation: organisationId.optional().describe('Of a customer; else of the service organisation'),
  roles: z.array(role).min(1).max(role.options.length),
  regions: z.array(regionName).max(200).default([]),
  permissions: z.array(code).max(100).default([]),
  trainings: z.array(givenTraining).max(200).default([]),
})
export type NewPerson = z.input<typeof newPerson>

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
export const recordingMode = z
  .enum(['off', 'mask_all', 'mask_texts', 'mask_passwords'])
  .describe('Whether its pages are recorded for the operator, and which of their fields are masked; passwords always')

export const deviceQuery = page.extend({
  search: wanted(100).optional(),
  region: wanted(32).optional(),
  status: z.enum(['registered', 'active', 'suspended', 'revoked']).optional(),
})
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
