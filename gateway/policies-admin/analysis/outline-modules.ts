import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { runOpa } from '../run-opa.ts'
import type { LaidOut } from './check-rego.ts'
import { stoppedFinding } from './compiler-words.ts'
import { ofWholeFile } from './finding.ts'
import type { Finding } from './finding.ts'
import type { ModuleOutline } from './module-outline.ts'
import type { PolicyCompiler } from './policy-compiler.ts'
import { readModule } from './read-module.ts'

/** What `opa parse` says of one file is some 60 times as long as the file. */
const mostAstBytes = 12 * 1024 * 1024
/** A file that nobody changed is not read again: outlines are small. */
const mostOutlines = 2_000

export type OutlineModules = (
  policy: LaidOut,
) => Promise<{ readonly modules: readonly ModuleOutline[]; readonly findings: readonly Finding[] }>

/** Outlines of every module that can be parsed; what cannot be is for the check to say. */
export function createOutlines(compiler: PolicyCompiler): OutlineModules {
  const known = new LRUCache<string, ModuleOutline>({ max: mostOutlines })

  async function outline(path: string, text: string, { dir, signal }: LaidOut): Promise<ModuleOutline | Finding | null> {
    const key = createHash('sha256').update(`${path}\n${text}`).digest('hex')
    const found = known.get(key)
    if (found !== undefined) return found
    const outcome = await runOpa({
      opa: compiler.opa,
      args: ['parse', '--v1-compatible', '--format', 'json', '--json-include', 'locations,-comments', path],
      cwd: dir,
      timeLimitMs: compiler.timeLimitMs,
      mostOutputBytes: mostAstBytes,
      ...(signal === undefined ? {} : { signal }),
    })
    if (outcome.stopped === 'output')
      return ofWholeFile(path, 'file_too_big', 'This file has more in it than can be looked through. Split it into several files.')
    if (outcome.stopped !== null) return { ...stoppedFinding(outcome, `Reading ${path}`), path }
    if (outcome.exitCode !== 0) return null
    const read = readModule(path, JSON.parse(outcome.stdout))
    known.set(key, read)
    return read
  }

  return async (policy) => {
    const files = Object.entries(policy.sources).filter(([path]) => path.endsWith('.rego'))
    const read: (ModuleOutline | Finding | null)[] = []
    const next = files.values()
    const lane = async (): Promise<void> => {
      for (const [path, text] of next) read.push(await outline(path, text, policy))
    }
    // One policy does not fill the queue in front of the compiler.
    await Promise.all([lane(), lane()])
    return {
      modules: read.filter((one): one is ModuleOutline => one !== null && 'rules' in one),
      findings: read.filter((one): one is Finding => one !== null && 'severity' in one),
    }
  }
}
