import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { policiesDir } from '../../../../policies/project-opa.ts'
import { findProgram } from '../../compiler/confine-opa.ts'
import { inWorkspace } from '../../compiler/policy-workspace.ts'
import { policySources } from '../../policy-files.ts'
import type { PolicySources } from '../../policy-files.ts'
import { runRegal } from './run-regal.ts'

const work = mkdtempSync(join(tmpdir(), 'run-regal-test-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

const sources = { 'rules/a.rego': 'package a\n\nallow = true\n', 'rules/b.rego': 'package b\n\nmany := [x |\n\tsome x in input.all\n]\n' }
const run = (regal: string | null, policy: PolicySources = sources) =>
  inWorkspace(policy, (dir) => runRegal({ opa: 'opa', regal, contractDir: work, timeLimitMs: 60_000 }, { sources: policy, dir }))

/**
 * Stands for the linter, which is not on every machine. Its report was not recorded: it has the members that `Report` in regal's own `pkg/report` is
 * marshalled with, in that order. Like the linter it takes its settings from the folder in which it is run.
 */
function standIn(name: string, report: string): string {
  const path = join(work, name)
  const isAsked = '[ "$*" = "lint --format json ." ] && grep -q directory-package-mismatch .regal/config.yaml'
  writeFileSync(path, `#!/bin/sh\n${isAsked} || exit 1\ncat <<'REPORT'\n${report}\nREPORT\nexit 3\n`)
  chmodSync(path, 0o755)
  return path
}

const violation = (category: string, title: string, description: string, location: object): object => ({
  title,
  description,
  category,
  level: 'error',
  related_resources: [{ description: 'documentation', ref: `https://www.openpolicyagent.org/projects/regal/rules/${category}/${title}` }],
  location,
})
const reportOf = (...violations: readonly object[]): string =>
  JSON.stringify({
    violations,
    notices: [{ title: 'use-if', description: 'obsolete', category: 'idiomatic', level: 'notice', severity: 'none' }],
    summary: { files_scanned: 2, files_failed: 1, rules_skipped: 1, num_violations: violations.length },
  })

it('tells what the linter says as hints, over what it says it of', async () => {
  const assignment = { end: { row: 3, col: 13 }, text: 'allow = true', file: 'rules/a.rego', col: 1, row: 3 }
  const lines = { end: { row: 5, col: 2 }, text: 'many := [x |', file: 'rules/b.rego', col: 9, row: 3 }
  const report = reportOf(
    violation('style', 'use-assignment-operator', 'Prefer := over = for assignment', assignment),
    violation('style', 'prefer-some', 'Prefer something else.', lines),
  )
  expect(await run(standIn('regal', report))).toEqual([
    {
      path: 'rules/a.rego',
      line: 3,
      column: 1,
      endLine: 3,
      endColumn: 13,
      severity: 'hint',
      code: 'regal_style_use_assignment_operator',
      message: 'Prefer := over = for assignment. (regal)',
    },
    expect.objectContaining({ line: 3, column: 9, endLine: 5, endColumn: 2, message: 'Prefer something else. (regal)' }),
  ])
})

it('marks the word where the linter names no end, and the first line where it names no place', async () => {
  const report = reportOf(
    violation('bugs', 'no-end', 'Of a word', { text: 'package a', file: 'rules/a.rego', col: 9, row: 1 }),
    violation('style', 'opa-fmt', 'File should be formatted', { file: 'rules/a.rego', col: 0, row: 0 }),
    violation('idiomatic', 'no-defined-entrypoint', 'Missing entrypoint annotation', { file: '', col: 0, row: 0 }),
  )
  expect(await run(standIn('placeless', report))).toMatchObject([
    { path: 'rules/a.rego', line: 1, column: 9, endLine: 1, endColumn: 10 },
    { path: 'rules/a.rego', line: 1, column: 1 },
    { path: '', line: 1, column: 1, message: 'Missing entrypoint annotation. (regal)' },
  ])
})

it('says nothing where there is no linter, or one that answers otherwise', async () => {
  expect(await run(null)).toEqual([])
  expect(await run(join(work, 'none'))).toEqual([])
  expect(await run(standIn('other', 'no JSON'))).toEqual([])
  expect(await run(standIn('errors', '{"errors": ["error(s) encountered while linting"]}'))).toEqual([])
})

const regal = findProgram('regal', process.env['PATH'] ?? '')
it.skipIf(regal === null)('hears the linter itself, and nothing against how the shipped policy is laid out', async () => {
  expect(await run(regal)).toContainEqual(
    expect.objectContaining({ path: 'rules/a.rego', line: 3, code: 'regal_style_use_assignment_operator', severity: 'hint' }),
  )
  const codes = (await run(regal, policySources(policiesDir))).map(({ code }) => code)
  expect(codes).not.toContain('regal_idiomatic_directory_package_mismatch')
  expect(codes).not.toContain('regal_imports_unresolved_reference')
})
