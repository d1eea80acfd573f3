import { z } from 'zod'
import { fileText, policyText } from './policy-drafts.ts'
import { policyPath, ranTest, revisionDigest } from './policy-revisions.ts'

/** What the compiler, our own checks and the tests say of a draft. Lines and columns count from 1; the end is behind the last character. */
export const diagnostic = z.object({
  path: z.string().describe('Empty: of the whole policy'),
  line: z.number().int(),
  column: z.number().int(),
  end_line: z.number().int(),
  end_column: z.number().int(),
  severity: z.enum(['error', 'warning', 'hint']),
  code: z.string(),
  message: z.string(),
})
const lines = z.array(z.tuple([z.number().int(), z.number().int()])).describe('First and last line of each stretch')
export const fileCoverage = z.object({ covered: lines, not_covered: lines, percent: z.number() })
export const coverage = z.object({
  percent: z.number(),
  decision_percent: z.number().describe('Of what decides: the modules under access/ and rules/, without their tests'),
  files: z.record(z.string(), fileCoverage),
})
export const symbol = z.object({
  name: z.string().describe('Full name, "data.sallyport.rules.region.satisfied"'),
  kind: z.enum(['rule', 'function', 'test', 'package']),
  path: z.string(),
  line: z.number().int(),
  column: z.number().int(),
  args: z.array(z.string()).describe('Of a function'),
  text: z.string().nullable().describe('Title and description of its METADATA, else the comment above it'),
})

/** POST /drafts/{id}/analysis?parts=check,lint,tests: all parts, unless some are named. */
export const analysisQuery = z.strictObject({
  parts: z
    .string()
    .regex(/^(?:check|lint|tests)(?:,(?:check|lint|tests)){0,2}$/, 'must be some of "check,lint,tests"')
    .optional(),
})
export const analysis = z.object({
  revision: revisionDigest.describe('Of what was analysed'),
  versions: z.record(z.string(), z.number().int()).describe('Of each file that was analysed, by its path'),
  diagnostics: z.array(diagnostic),
  more_diagnostics: z.number().int().describe('How many were left out'),
  tests: z.array(ranTest),
  blocked_tests: z
    .number()
    .int()
    .describe('Tests that did not run, or do not count because the compiler refuses what they test: then `tests` is empty'),
  coverage: coverage.nullable().describe('Null where the tests did not run'),
  symbols: z.array(symbol),
  took_ms: z.number(),
})

/** POST /format: one file; what does not parse comes back with diagnostics and without a text. */
export const toFormat = z.strictObject({ path: policyPath, text: fileText })
export const formatted = z.object({ text: z.string().nullable(), diagnostics: z.array(diagnostic) })

/** POST /drafts/{id}/evaluate: an expression in the package of the file `path`, against an input. */
export const toEvaluate = z.strictObject({
  path: policyPath.optional(),
  expression: policyText(10_000, 1),
  input: z.unknown().optional(),
})
export const evaluated = z.object({
  ok: z.boolean(),
  result: z.unknown().describe('Value of the expression; a list of bindings where it has free variables; absent: undefined').optional(),
  defined: z.boolean(),
  printed: z.array(z.string()),
  diagnostics: z.array(diagnostic),
  explanation: z
    .array(z.object({ path: z.string(), line: z.number().int(), depth: z.number().int(), operation: z.string(), text: z.string() }))
    .describe('Which expressions were tried, and which failed, in their order'),
  took_ms: z.number(),
})

export type Diagnostic = z.infer<typeof diagnostic>
export type TestResult = z.infer<typeof ranTest>
export type Coverage = z.infer<typeof coverage>
export type FileCoverage = z.infer<typeof fileCoverage>
export type PolicySymbol = z.infer<typeof symbol>
export type Analysis = z.infer<typeof analysis>
export type Formatted = z.infer<typeof formatted>
export type Evaluated = z.infer<typeof evaluated>
