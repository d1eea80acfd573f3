import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { runRegal } from './run-regal.ts'

const work = mkdtempSync(join(tmpdir(), 'run-regal-test-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** Stands for the linter, which is not on every machine: speaks as its JSON report does. */
function standIn(name: string, report: string): string {
  const path = join(work, name)
  writeFileSync(path, `#!/bin/sh\n[ "$*" = "lint --format json ." ] || exit 1\ncat <<'REPORT'\n${report}\nREPORT\nexit 3\n`)
  chmodSync(path, 0o755)
  return path
}

const sources = { 'rules/a.rego': 'package a\n\nallow = true\n' }
const run = (regal: string | null) => runRegal({ opa: 'opa', regal, contractDir: work, timeLimitMs: 10_000 }, { sources, dir: work })

it('tells what the linter says as hints, at their place', async () => {
  const violation = {
    title: 'use-assignment-operator',
    description: 'Prefer := over = for assignment',
    category: 'style',
    level: 'error',
    location: { file: 'rules/a.rego', row: 3, col: 7, text: 'allow = true' },
  }
  const report = JSON.stringify({ violations: [violation], summary: { files_scanned: 1, num_violations: 1 } })
  expect(await run(standIn('regal', report))).toEqual([
    {
      path: 'rules/a.rego',
      line: 3,
      column: 7,
      endLine: 3,
      endColumn: 8,
      severity: 'hint',
      code: 'regal_style_use_assignment_operator',
      message: 'Prefer := over = for assignment. (regal)',
    },
  ])
})

it('says nothing where there is no linter, or one that answers otherwise', async () => {
  expect(await run(null)).toEqual([])
  expect(await run(join(work, 'none'))).toEqual([])
  expect(await run(standIn('other', 'no JSON'))).toEqual([])
})
