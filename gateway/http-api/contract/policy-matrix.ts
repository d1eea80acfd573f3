import { z } from 'zod'
import { cursor, deviceId, organisationId, personId, regionName, serviceName, wanted } from './building-blocks.ts'
import {
  assumedDuration,
  assumedMethods,
  assumptions,
  explainedDecision,
  failure,
  instantMs,
  named,
  policyRevision,
  policyTarget,
  workState,
} from './policy-explained.ts'

export const matrixCountId = z
  .string()
  .regex(/^mxc_[0-9a-f]{32}$/, 'must be the id of a count: "mxc_" and 32 of 0-9, a-f')
  .describe('Id of a count over the whole matrix')
const changed = z.enum(['wider', 'narrower', 'limits'])

/** POST /policy/matrix: one rectangle of everyone x every machine. */
export const matrixRequest = z.strictObject({
  target: policyTarget,
  action: z.enum(['view', 'request', 'open']).optional().describe('Stop there: `view` alone is fastest. Without it all three'),
  service: serviceName.optional().describe('This service alone; a machine without it has nothing to ask for'),
  methods: assumedMethods.default(['pwd', 'otp', 'hwk', 'mfa']),
  duration_s: assumedDuration.default(60),
  people: z
    .strictObject({
      ids: z.array(personId).min(1).max(200).optional(),
      search: wanted(100).optional(),
      organisation: organisationId.optional(),
      role: z.enum(['technician', 'security_team', 'service_administrator', 'auditor']).optional(),
    })
    .optional(),
  machines: z
    .strictObject({
      ids: z.array(deviceId).min(1).max(200).optional(),
      search: wanted(100).optional(),
      region: regionName.optional(),
      product_line: wanted(64).optional(),
      organisation: organisationId.optional(),
    })
    .optional(),
  limit: z
    .strictObject({ people: z.number().int().min(1).max(100).default(20), machines: z.number().int().min(1).max(100).default(50) })
    .default({ people: 20, machines: 50 }),
  after: z
    .strictObject({ people: cursor.nullable(), machines: cursor.nullable() })
    .optional()
    .describe('From `next` of the page before: the page to the right (machines) or below (people)'),
})

export const matrixCell = z.object({
  see: z.boolean(),
  ask: z.boolean().describe('For at least one service'),
  open: z.boolean().describe('For at least one service, if an operator agreed now'),
  changed: changed.nullable().describe('Against the active revision; `wider` wins over `narrower`, and that over `limits`'),
  codes: z.array(z.string()).describe('What stands against it, when she cannot open anything'),
})
export type MatrixCell = z.infer<typeof matrixCell>

export const matrixPage = z.object({
  target: policyRevision,
  active: policyRevision,
  at_ms: instantMs.describe('For this moment'),
  assumed: assumptions,
  people: z.array(named),
  machines: z.array(named),
  cells: z.array(z.array(matrixCell)).describe('A row for each person, a cell for each machine'),
  totals: z.object({ wider: z.number().int(), narrower: z.number().int(), limits: z.number().int() }).describe('On this page'),
  next: z.object({
    people: z.string().nullable().describe('For `after.people`, or null: these are the last people'),
    machines: z.string().nullable().describe('For `after.machines`, or null: these are the last machines'),
  }),
})
export type MatrixPage = z.infer<typeof matrixPage>

/** POST /policy/matrix/counts: everyone x every machine, counted in the background. `limit` and `after` do not matter here. */
export const matrixCountRequest = matrixRequest.omit({ limit: true, after: true })
export const matrixCount = z.object({
  id: matrixCountId,
  state: workState,
  failure,
  done: z.number().int().describe('Cells that were judged'),
  total: z.number().int(),
  took_ms: z.number().int(),
  counts: z.object({
    see: z.number().int(),
    ask: z.number().int(),
    open: z.number().int(),
    wider: z.number().int(),
    narrower: z.number().int(),
    limits: z.number().int(),
  }),
  wider: z.array(z.object({ person: named, machine: named })).describe('The first hundred cells in which somebody newly gets in'),
})
export type MatrixCount = z.infer<typeof matrixCount>

/** POST /policy/matrix/cell: why, with the rules of both revisions. */
export const cellRequest = z.strictObject({
  target: policyTarget,
  person: personId,
  machine: deviceId,
  service: serviceName.optional(),
  methods: assumedMethods.default(['pwd', 'otp', 'hwk', 'mfa']),
  duration_s: assumedDuration.default(60),
})
export const cellAnswer = z.object({
  at_ms: instantMs,
  assumed: assumptions,
  person: named,
  machine: named,
  cell: matrixCell,
  steps: z.array(
    z.object({
      action: z.enum(['view', 'request', 'open']),
      service: z.string().nullable(),
      before: explainedDecision.describe('Under the active revision'),
      after: explainedDecision,
      changed: changed.nullable(),
    }),
  ),
})
export type CellAnswer = z.infer<typeof cellAnswer>
