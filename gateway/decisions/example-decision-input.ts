import type { DecisionInput } from './decision-input.ts'

/** 2026-11-24 06:00:00 UTC, where `FakeClock` starts. */
export const exampleUnix = 1_795_500_000

/** A technician within an approved session, for whom the shipped policy has no objection. For tests and documentation. */
export function exampleDecisionInput(change: Partial<DecisionInput> = {}): DecisionInput {
  return {
    action: 'use',
    time: {
      unix: exampleUnix,
      utc: '2026-11-24T06:00:00Z',
      local: { date: '2026-11-24', weekday: 'tuesday', hour: 7, minute: 0, zone: 'Europe/Berlin' },
    },
    technician: {
      id: 'per_0123456789abcdef0123456789abcdef',
      name: 'Mia Sommer',
      organisation: 'org_0123456789abcdef0123456789abcdef',
      regions: ['dach', 'benelux'],
      permissions: ['remote_access', 'service_http'],
      trainings: [{ product_line: 'press', level: 2, valid_until: exampleUnix + 90 * 86_400 }],
      undertaking: { version: '2026-11', accepted_at: exampleUnix - 86_400 },
      authentication: { methods: ['pwd'], time: exampleUnix - 600 },
      workstation: null,
      status: 'active',
    },
    device: {
      id: 'press-01',
      organisation: 'org_fedcba9876543210fedcba9876543210',
      site: 'Heidelberg',
      region: 'dach',
      country: 'DE',
      product_line: 'press',
      model: 'XL 106',
      switches: { hmi: true },
      recording: { hmi: 'mask_all' },
      contract: null,
      status: 'active',
    },
    service: { name: 'hmi', kind: 'http' },
    approval: {
      operator: 'Olga Brandt',
      mode: 'attended',
      proof: 'none',
      granted_at: exampleUnix - 300,
      expires_at: exampleUnix + 3300,
      services: ['hmi'],
    },
    session: {
      id: 'ses_0123456789abcdef0123456789abcdef',
      requested_at: exampleUnix - 360,
      approved_at: exampleUnix - 300,
      opened_at: exampleUnix - 290,
      extensions: 0,
      purpose: 'Feeder stops',
      ticket: null,
      duration_s: 3600,
    },
    context: { ip: '127.0.0.1' },
    ...change,
  }
}
