import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { CompiledPolicy } from '../../decisions/compiled-policy.ts'
import { compilePolicy } from '../../policies-admin/compile-policy.ts'
import { findOpa } from '../../policies-admin/find-opa.ts'
import { loadShippedPolicy } from '../../policies-admin/load-shipped-policy.ts'

const projectDir = fileURLToPath(new URL('../../..', import.meta.url))
const policiesDir = join(projectDir, 'policies')

export const shippedPolicy = (): Promise<CompiledPolicy> => loadShippedPolicy(policiesDir)

/** For tests: the shipped policy with some files of another text, compiled. */
export const changedPolicy = (files: Readonly<Record<string, string>>): Promise<CompiledPolicy> => compiled(files, policiesDir)

/** For tests: a policy of these files alone, compiled. */
export const ownPolicy = (files: Readonly<Record<string, string>>): Promise<CompiledPolicy> => compiled(files, null)

async function compiled(files: Readonly<Record<string, string>>, base: string | null): Promise<CompiledPolicy> {
  const dir = mkdtempSync(join(tmpdir(), 'tried-policy-'))
  try {
    if (base !== null) for (const folder of ['access', 'rules', 'data']) cpSync(join(base, folder), join(dir, folder), { recursive: true })
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(dir, path)), { recursive: true })
      writeFileSync(join(dir, path), text)
    }
    return await compilePolicy({ dir, opa: findOpa({ environment: process.env, projectDir }), contractDir: policiesDir })
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}
