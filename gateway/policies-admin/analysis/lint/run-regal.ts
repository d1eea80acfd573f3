import { z } from 'zod'
import { plainOpa } from '../../compiler/confined-opa.ts'
import { runOpa } from '../../run-opa.ts'
import type { LaidOut } from '../check-rego.ts'
import { inPolicy } from '../compiler-words.ts'
import { atPlace } from '../finding.ts'
import type { Finding } from '../finding.ts'
import type { PolicyCompiler } from '../policy-compiler.ts'

const reportSchema = z.object({
  violations: z
    .array(
      z.object({
        title: z.string(),
        description: z.string(),
        category: z.string(),
        location: z.object({ file: z.string().default(''), row: z.number().default(1), col: z.number().default(1) }).optional(),
      }),
    )
    .nullish(),
})

/**
 * What the linter `regal` says, where it is on this machine: advice on style, so that all of it is a hint. It is confined as the compiler is. One that
 * cannot be run, or answers with something else, says nothing: what counts for the contract are our own checks.
 */
export async function runRegal({ opa, regal, timeLimitMs }: PolicyCompiler, { sources, dir, signal }: LaidOut): Promise<Finding[]> {
  if (regal === undefined || regal === null) return []
  const outcome = await runOpa({
    opa: { ...plainOpa(opa), path: regal },
    args: ['lint', '--format', 'json', '.'],
    cwd: dir,
    timeLimitMs,
    ...(signal === undefined ? {} : { signal }),
  })
  return violationsIn(outcome.stdout).map(({ title, description, category, location }) => {
    const path = inPolicy(location?.file ?? '', sources) ?? ''
    const code = `regal_${category}_${title}`.replaceAll('-', '_')
    const place = { path, line: location?.row ?? 1, column: location?.col ?? 1 }
    return atPlace(sources[path], place, { severity: 'hint', code, message: `${description.replace(/[.!?]?$/u, '.')} (regal)` })
  })
}

function violationsIn(stdout: string): NonNullable<z.infer<typeof reportSchema>['violations']> {
  try {
    return reportSchema.parse(JSON.parse(stdout)).violations ?? []
  } catch {
    return []
  }
}
