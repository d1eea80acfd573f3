import { mkdir, copyFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { CodedError } from '../basics/coded-error.ts'
import { denialReasonSchema, missingTextSchema, policyReasonsSchema, reasonCode } from '../decisions/policy-reasons.ts'
import type { PolicyReasons } from '../decisions/policy-reasons.ts'
import type { Opa } from './compiler/confined-opa.ts'
import { runOpa } from './run-opa.ts'

export interface ReadReasonsOptions {
  readonly dir: string
  /** Relative to `dir`; tests and data have no texts. */
  readonly sources: readonly string[]
  readonly opa: Opa
  /** An empty directory of its own: the compiler reads annotations of a whole directory, and there is more in a policy's. */
  readonly work: string
  readonly timeLimitMs: number
}

const inspected = z.object({
  annotations: z
    .array(
      z.object({
        annotations: z.object({ custom: z.record(z.string(), z.unknown()).optional() }),
        location: z.object({ file: z.string(), row: z.number() }),
      }),
    )
    .default([]),
})

/**
 * The texts beside the rules: `custom.reasons` and `custom.missing` of their `# METADATA`.
 * @throws CodedError `policy_does_not_compile` with file and line: an annotation that is none, a text that is not whole, two texts for one code
 */
export async function readReasons(options: ReadReasonsOptions): Promise<PolicyReasons> {
  for (const source of options.sources) {
    const copy = join(options.work, source)
    await mkdir(dirname(copy), { recursive: true })
    await copyFile(join(options.dir, source), copy)
  }
  const args = ['inspect', '--annotations', '--format', 'json', '.']
  const outcome = await runOpa({ opa: options.opa, args, cwd: options.work, timeLimitMs: options.timeLimitMs })
  if (outcome.exitCode !== 0)
    throw doesNotCompile([outcome.timedOut ? 'The compiler took too long.' : `${outcome.stdout}${outcome.stderr}`.trim()])
  return reasonsOf(inspected.parse(JSON.parse(outcome.stdout)).annotations)
}

function reasonsOf(annotations: z.infer<typeof inspected>['annotations']): PolicyReasons {
  const problems: string[] = []
  const denials = new Map<string, unknown>()
  const missing = new Map<string, unknown>()
  for (const { annotations: annotation, location } of annotations) {
    const where = `${location.file.replace(/^\.?\//, '')}:${location.row}`
    collect({ from: annotation.custom?.['reasons'], name: 'reasons', each: denialReasonSchema, into: denials, where, problems })
    collect({ from: annotation.custom?.['missing'], name: 'missing', each: missingTextSchema, into: missing, where, problems })
  }
  if (problems.length > 0) throw doesNotCompile(problems)
  return policyReasonsSchema.parse({ denials: inOrder(denials), missing: inOrder(missing) })
}

interface Collect {
  readonly from: unknown
  readonly name: string
  readonly each: z.ZodType
  readonly into: Map<string, unknown>
  readonly where: string
  readonly problems: string[]
}

function collect({ from, name, each, into, where, problems }: Collect): void {
  if (from === undefined) return
  const read = z.record(reasonCode, each).safeParse(from)
  if (!read.success) {
    for (const issue of read.error.issues) problems.push(`${where}: custom.${[name, ...issue.path].join('.')}: ${issue.message}`)
    return
  }
  for (const [code, text] of Object.entries(read.data)) {
    if (into.has(code)) problems.push(`${where}: custom.${name}.${code}: this code has a text elsewhere already`)
    into.set(code, text)
  }
}

const inOrder = (texts: Map<string, unknown>): Record<string, unknown> =>
  Object.fromEntries([...texts].toSorted(([a], [b]) => (a < b ? -1 : 1)))

const mostProblems = 50

const doesNotCompile = (problems: readonly string[]): CodedError =>
  new CodedError({
    code: 'policy_does_not_compile',
    message: `The texts of the policy cannot be read. ${problems.slice(0, mostProblems).join('\n')}`,
    remedy: 'fix',
  })
