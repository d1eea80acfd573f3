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

/** Generated or for people: no part of a revision. */
const notPolicy = new Set(['compiled', 'schemas', 'examples', 'node_modules'])
const mostFiles = 2_000

/**
 * Rego sources, their tests (`*_test.rego`) and the documents of `data/`.
 * @throws CodedError `policy_not_readable`, `policy_too_big`
 */
export function policyFiles(dir: string): PolicyFiles {
  const all = listFiles(dir).toSorted()
  if (all.length > mostFiles) {
    throw new CodedError({ code: 'policy_too_big', message: `${dir} holds more than ${mostFiles} files.`, remedy: 'fix' })
  }
  const rego = all.filter((path) => path.endsWith('.rego'))
  return {
    sources: rego.filter((path) => !path.endsWith('_test.rego')),
    tests: rego.filter((path) => path.endsWith('_test.rego')),
    data: all.filter((path) => path.startsWith('data/') && path.endsWith('.json')),
  }
}

/** `sha256:` over the sorted paths and contents of sources, data and tests: the identity of a revision. */
export function policyRevision(dir: string, files: PolicyFiles = policyFiles(dir)): string {
  const hash = createHash('sha256')
  for (const path of [...files.sources, ...files.data, ...files.tests].toSorted()) {
    const digest = createHash('sha256')
      .update(readFileSync(join(dir, path)))
      .digest('hex')
    hash.update(`${path}\n${digest}\n`)
  }
  return `sha256:${hash.digest('hex')}`
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
