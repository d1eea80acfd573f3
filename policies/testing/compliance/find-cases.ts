import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { opaVersion } from '../../../gateway/policies-admin/find-opa.ts'

const run = promisify(execFile)
const module = `github.com/open-policy-agent/opa@v${opaVersion}`

/** The folder of OPA's own cases, in Go's module cache, into which it is fetched where it is not there yet. Null: there is no Go here. */
export async function findCases(): Promise<string | null> {
  const cache = await go('env', 'GOMODCACHE')
  if (cache === null) return null
  const dir = join(cache, module, 'v1/test/cases/testdata/v1')
  if (!existsSync(dir)) await go('mod', 'download', module)
  if (!existsSync(dir)) throw new Error(`go mod download ${module} has put no cases into ${dir}`)
  return dir
}

async function go(...args: readonly string[]): Promise<string | null> {
  for (const program of ['go', '/usr/local/go/bin/go']) {
    try {
      return (await run(program, [...args])).stdout.trim()
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'ENOENT') throw error
    }
  }
  return null
}
