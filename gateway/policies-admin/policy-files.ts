import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { CodedError } from '../basics/coded-error.ts'

export interface PolicyFiles {
  /** All with forward slashes, relative to the policy's directory, sorted by code units. */
  readonly sources: readonly string[]
  readonly tests: readonly string[]
  readonly data: readonly string[]
}

/** Path (forward slashes, relative to the policy's folder) → text of every file that makes a revision. */
export type PolicySources = Readonly<Record<string, string>>

/** Generated or for people: no part of a revision. */
const notPolicy = new Set(['compiled', 'schemas', 'examples', 'node_modules'])
const mostPolicyFiles = 2_000

/**
 * Rego sources, their tests (`*_test.rego`) and the documents of `data/`.
 * @throws CodedError `policy_not_readable`, `policy_too_big`
 */
export function policyFiles(dir: string): PolicyFiles {
  const all = listFiles(dir)
  if (all.length > mostPolicyFiles) {
    throw new CodedError({ code: 'policy_too_big', message: `${dir} holds more than ${mostPolicyFiles} files.`, remedy: 'fix' })
  }
  return sortFiles(all)
}

/** What each of these paths is; what is no part of a policy is left out. */
export function sortFiles(paths: readonly string[]): PolicyFiles {
  const all = paths.toSorted()
  const rego = all.filter((path) => path.endsWith('.rego'))
  return {
    sources: rego.filter((path) => !path.endsWith('_test.rego')),
    tests: rego.filter((path) => path.endsWith('_test.rego')),
    data: all.filter((path) => path.startsWith('data/') && path.endsWith('.json')),
  }
}

/** `sha256:` over the sorted paths and contents of sources, data and tests: the identity of a revision. */
export function policyRevision(dir: string, files: PolicyFiles = policyFiles(dir)): string {
  return revisionOfFiles(files, (path) => readFileSync(join(dir, path)))
}

/** The same of files that are in no folder. The same sources give the same digest anywhere. */
export const revisionOf = (sources: PolicySources): string =>
  revisionOfFiles(sortFiles(Object.keys(sources)), (path) => sources[path] ?? '')

/**
 * The files that make a revision, read from a folder.
 * @throws CodedError `policy_not_readable`, `policy_too_big`
 */
export function policySources(dir: string): PolicySources {
  const files = policyFiles(dir)
  return Object.fromEntries(
    [...files.sources, ...files.data, ...files.tests].toSorted().map((path) => [path, readText(dir, path)] as const),
  )
}

function revisionOfFiles(files: PolicyFiles, contentOf: (path: string) => string | Buffer): string {
  const hash = createHash('sha256')
  for (const path of [...files.sources, ...files.data, ...files.tests].toSorted())
    hash.update(`${path}\n${createHash('sha256').update(contentOf(path)).digest('hex')}\n`)
  return `sha256:${hash.digest('hex')}`
}

function readText(dir: string, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(join(dir, path)))
  } catch (cause) {
    const message = `${path} in ${dir} cannot be read, or is not UTF-8 text.`
    throw new CodedError({ code: 'policy_not_readable', message, remedy: 'fix', cause })
  }
}

function listFiles(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((entry) => !notPolicy.has(entry.name) && !entry.name.startsWith('.'))
      .flatMap((entry) => {
        if (entry.isFile()) return [entry.name]
        if (!entry.isDirectory()) return []
        return readdirSync(join(dir, entry.name), { recursive: true, withFileTypes: true })
          .filter((inner) => inner.isFile())
          .map((inner) =>
            join(inner.parentPath, inner.name)
              .slice(dir.length + 1)
              .replaceAll('\\', '/'),
          )
      })
  } catch (cause) {
    throw new CodedError({ code: 'policy_not_readable', message: `The policy directory ${dir} cannot be read.`, remedy: 'fix', cause })
  }
}
