import { z } from 'zod'
import { recordingMode } from './administration.ts'
import { code, deviceId, instant, organisationId, pageOf, regionName, serviceName } from './building-blocks.ts'

/** What is answered about devices, and what is asked of them that no form of the portal checks. */
const fingerprint = z.string().regex(/^[0-9a-f]{64}$/, 'must be the SHA-256 of a public key in lower-case hex')
const lateRenewal = z.object({
  waiting: z
    .object({
      public_key: z.string(),
      own_key: z.boolean().describe('It asks with the key of the certificate that ended, as an agent does'),
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
export const devicePage = pageOf(device)
export type DevicePage = z.infer<typeof devicePage>

/** What the machine's `agent.json` needs beside its own facts: `gateway` there, and the file that `gateway.caFile` names. */
export const gatewayForAgents = z.object({
  tunnel: z.string().describe('host:port, `gateway.tunnel` of agent.json'),
  est: z.string().describe('https://host:port, `gateway.est` of agent.json'),
  trust_domain: z.string().describe('`gateway.trustDomain` of agent.json'),
  ca_pem: z.string().describe('The certificates that the agent pins: content of the file `gateway.caFile`'),
})
export type GatewayForAgents = z.infer<typeof gatewayForAgents>
export const createdDevice = z.object({ device, enrolment_password: z.string(), gateway: gatewayForAgents })
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
