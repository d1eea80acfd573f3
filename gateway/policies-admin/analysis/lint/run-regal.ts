import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { plainOpa } from '../../compiler/confined-opa.ts'
import { runOpa } from '../../run-opa.ts'
import type { LaidOut } from '../check-rego.ts'
import { inPolicy } from '../compiler-words.ts'
import { atPlace } from '../finding.ts'
import type { Finding } from '../finding.ts'
import type { PolicyCompiler } from '../policy-compiler.ts'

const positionSchema = z.object({ row: z.number(), col: z.number() })
/** What `regal` marshals with `--format json` (`Report` of its package `report`); something about a whole file or policy has the place 0, 0. */
const reportSchema = z.object({
  violations: z
    .array(
      z.object({
        title: z.string(),
        description: z.string(),
        category: z.string(),
        location: positionSchema.extend({ file: z.string(), end: positionSchema.optional() }),
      }),
    )
    .nullable(),
})
type Violation = NonNullable<z.infer<typeof reportSchema>['violations']>[number]

/** Rules of its that every policy of ours breaks, and its question on the network whether there is a newer one. */
const settings = {
  features: { remote: { 'check-version': false } },
  rules: {
    // The folders are fixed by the contract: `rules/region.rego` is the package `sallyport.rules.region`.
    idiomatic: { 'directory-package-mismatch': { level: 'ignore' } },
    // It reads no data: each document of `data/` is unresolved to it. The compiler checks them by their schemas.
    imports: { 'unresolved-reference': { level: 'ignore' } },
  },
}

/**
 * What the linter `regal` says, where it is on this machine: advice on style, so that all of it is a hint. It is confined as the compiler is. One that
 * cannot be run, or answers with something else, says nothing: what counts for the contract are our own checks.
 */
export async function runRegal({ opa, regal, timeLimitMs }: PolicyCompiler, { sources, dir, signal }: LaidOut): Promise<Finding[]> {
  if (regal === undefined || regal === null) return []
  await mkdir(join(dir, '.regal'), { recursive: true })
  // YAML has all of JSON.
  await writeFile(join(dir, '.regal', 'config.yaml'), JSON.stringify(settings))
  const outcome = await runOpa({
    opa: { ...plainOpa(opa), path: regal },
    args: ['lint', '--format', 'json', '.'],
    cwd: dir,
    timeLimitMs,
    ...(signal === undefined ? {} : { signal }),
  })
  return violationsIn(outcome.stdout).map((violation) => findingOf(violation, sources))
}

function findingOf({ title, description, category, location }: Violation, sources: LaidOut['sources']): Finding {
  const path = inPolicy(location.file, sources) ?? ''
  const code = `regal_${category}_${title}`.replaceAll('-', '_')
  const message = `${description.replace(/[.!?]?$/u, '.')} (regal)`
  const found = atPlace(sources[path], { path, line: location.row, column: location.col }, { severity: 'hint', code, message })
  const { end } = location
  const isRange = end !== undefined && (end.row > found.line || (end.row === found.line && end.col > found.column))
  return isRange ? { ...found, endLine: end.row, endColumn: end.col } : found
}

function violationsIn(stdout: string): readonly Violation[] {
  try {
    return reportSchema.parse(JSON.parse(stdout)).violations ?? []
  } catch {
    return []
  }
}
