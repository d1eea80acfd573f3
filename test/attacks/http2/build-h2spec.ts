import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const cache = fileURLToPath(new URL('../../../.cache/', import.meta.url))

/** h2spec is older than Go's modules and names no versions of what it needs. */
const moduleFile = `module sallyport.invalid/h2spec

go 1.25.0

require (
	github.com/fatih/color v1.19.0
	github.com/spf13/cobra v1.10.2
	github.com/summerwind/h2spec v2.2.1+incompatible
	golang.org/x/net v0.62.0
)
`

/** The program h2spec (conformance of HTTP/2, by others), built by Go from the module proxy, once. @throws Error when it cannot be built */
export async function buildH2spec(): Promise<string> {
  const program = join(cache, 'h2spec-2.2.1', 'h2spec')
  if (existsSync(program)) return program
  const work = await mkdtemp(join(tmpdir(), 'sallyport-h2spec-'))
  try {
    await writeFile(join(work, 'go.mod'), moduleFile)
    const built = join(work, 'h2spec')
    const args = ['build', '-mod=mod', '-o', built, 'github.com/summerwind/h2spec/cmd/h2spec']
    await run('go', args, { cwd: work, env: { ...process.env, CGO_ENABLED: '0' }, timeout: 10 * 60_000 })
    await mkdir(join(cache, 'h2spec-2.2.1'), { recursive: true })
    // Whole or not at all, also when two build at once; the temporary folder may be on another disk.
    await run('cp', [built, `${program}.${process.pid}`])
    await rename(`${program}.${process.pid}`, program)
    return program
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}
