import { readFileSync, writeFileSync } from 'node:fs'
import { readCases } from './compliance-case.ts'
import { findCases } from './find-cases.ts'
import { runCases } from './run-cases.ts'
import { withTables } from './write-table.ts'

// `node policies/testing/compliance/update-page-entry.ts`: takes minutes; after a change of the listed built-ins or of the compiler.
const dir = await findCases()
if (dir === null) throw new Error('Go is not on the path: the cases are in its module cache')
const page = new URL('../../../docs/policy-engine.md', import.meta.url)
writeFileSync(page, withTables(readFileSync(page, 'utf8'), await runCases(readCases(dir))))
