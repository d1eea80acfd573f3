import fc from 'fast-check'
import { accessActions } from '../decision-input.ts'
import type { DecisionInput } from '../decision-input.ts'
import { exampleUnix } from '../example-decision-input.ts'
import { siteTime } from '../site-time.ts'

const near = fc.integer({ min: exampleUnix - 20_000, max: exampleUnix + 20_000 })
/** Five hours around the nights in which the clocks of the site change: 2026-03-29 and 2026-10-25, 01:00 UTC. */
const clockChange = fc
  .tuple(fc.constantFrom(1_774_746_000, 1_792_890_000), fc.integer({ min: -20_000, max: 20_000 }))
  .map(([change, from]) => change + from)
/** Inputs near the instants at which the shipped rules change their answer; about one in twenty is allowed. */
export const arbitraryInput: fc.Arbitrary<DecisionInput> = fc.record({
  action: fc.constantFrom(...accessActions),
  time: fc.oneof({ weight: 9, arbitrary: near }, { weight: 1, arbitrary: clockChange }).map((unix) => siteTime(unix, 'Europe/Berlin')),
  technician: fc.record({
    id: fc.constant('per_1'),
    name: fc.oneof(fc.constant('Mia Sommer'), fc.string()),
    organisation: fc.constant('org_1'),
    regions: fc.subarray(['dach', 'benelux', 'europe']),
    permissions: fc.oneof(
      { weight: 3, arbitrary: fc.constant(['remote_access', 'service_http', 'service_ssh', 'file_transfer', 'export']) },
      { weight: 1, arbitrary: fc.subarray(['remote_access', 'service_http', 'service_ssh', 'file_transfer', 'watch_recording', 'export']) },
    ),
    trainings: fc.array(
      fc.record({ product_line: fc.constantFrom('press', 'press', 'platesetter'), level: fc.nat(3), valid_until: near }),
      { maxLength: 4 },
    ),
    undertaking: fc.constantFrom(
      { version: '2026-11', accepted_at: 1 },
      { version: '2026-11', accepted_at: 2 },
      { version: 'old', accepted_at: 1 },
      null,
    ),
    authentication: fc.constant({ methods: ['pwd'], time: 1 }),
    workstation: fc.constant(null),
    status: fc.constantFrom('active', 'active', 'active', 'disabled'),
  }),
  device: fc.record({
    id: fc.constant('press-01'),
    organisation: fc.constant('org_2'),
    site: fc.oneof({ weight: 3, arbitrary: fc.constantFrom('Heidelberg', 'Kiel') }, { weight: 1, arbitrary: fc.string() }),
    region: fc.constantFrom('dach', 'dach', 'benelux'),
    country: fc.constant('DE'),
    product_line: fc.constant('press'),
    model: fc.string(),
    recording: fc.record({ hmi: fc.constantFrom('off', 'mask_all', 'mask_passwords') }, { requiredKeys: [] }),
    switches: fc.record({ hmi: fc.boolean(), shell: fc.boolean() }, { requiredKeys: [] }),
    contract: fc.oneof(fc.constant(null), fc.record({ id: fc.constant('c'), valid_until: fc.option(near) })),
    status: fc.constantFrom('active', 'active', 'active', 'suspended', 'revoked', 'pending'),
  }),
  service: fc.constantFrom({ name: 'hmi', kind: 'http' }, { name: 'shell', kind: 'ssh' }, null),
  approval: fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    {
      weight: 4,
      arbitrary: fc.record({
        operator: fc.oneof(fc.constantFrom('Olga Brandt', 'mia sommer '), fc.string()),
        mode: fc.constantFrom('attended', 'reconnect', 'planned', 'unattended'),
        proof: fc.constantFrom('none', 'pin', 'hardware'),
        granted_at: near,
        expires_at: near,
        services: fc.subarray(['hmi', 'shell']),
      }),
    },
  ),
  session: fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    {
      weight: 4,
      arbitrary: fc.record({
        id: fc.constant('ses_1'),
        requested_at: near,
        approved_at: fc.option(near),
        opened_at: fc.option(near),
        extensions: fc.nat(4),
        purpose: fc.string(),
        ticket: fc.constant(null),
        duration_s: fc.nat(20_000),
      }),
    },
  ),
  context: fc.constant({ ip: null }),
}) as fc.Arbitrary<DecisionInput>
