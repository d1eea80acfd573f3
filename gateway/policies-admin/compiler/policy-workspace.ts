import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { tmpdir } from 'node:os'
import { CodedError } from '../../basics/coded-error.ts'
import type { PolicySources } from '../policy-files.ts'

/** Lays the files of a policy into a folder that only this process may read, and takes it away at the end, whatever happens. */
export async function inWorkspace<Result>(sources: PolicySources, run: (dir: string) => Promise<Result>): Promise<Result> {
  const dir = await mkdtemp(join(tmpdir(), 'sallyport-policy-'))
  try {
    for (const path of Object.keys(sources)) checkInside(dir, path)
    const folders = new Set(Object.keys(sources).map((path) => dirname(path)))
    for (const folder of folders) await mkdir(join(dir, folder), { recursive: true, mode: 0o700 })
    for (const [path, text] of Object.entries(sources)) await writeFile(join(dir, path), text, { mode: 0o600 })
    return await run(dir)
  } finally {
    await rm(dir, { recursive: true, force: true })
  }
}

/** Paths were judged where they came in; here they would be written to. */
function checkInside(dir: string, path: string): void {
  if (join(dir, path).startsWith(`${dir}${sep}`) && !path.includes('\\') && !path.includes('\0')) return
  throw new CodedError({ code: 'policy_path', message: 'A file of the policy has a path that leads out of its folder.', remedy: 'fix' })
}
