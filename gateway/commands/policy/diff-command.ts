import { resolve } from 'node:path'
import { Command } from 'commander'
import type { RevisionFiles } from '../../http-api/contract/policy-revisions.ts'
import { policySources, revisionOf, type PolicySources } from '../../policies-admin/policy-files.ts'
import { lineDiff } from './line-diff.ts'
import { demandActive, policyApi, revisionPath } from './policy-api.ts'
import { tellJson } from './tell-policy.ts'

interface ChangedFile {
  readonly path: string
  readonly change: 'added' | 'changed' | 'removed'
}

/** Exit code 0: nothing differs; 1: something does. */
export const diffCommand = (): Command =>
  new Command('diff')
    .description('what differs between a folder and the active policy')
    .argument('[dir]', 'folder of the policy', 'policies')
    .option('--json', 'one line of JSON on stdout', false)
    .action(async (dir: string, { json }: { json: boolean }) => {
      const mine = policySources(resolve(dir))
      const api = await policyApi()
      const active = await demandActive(api)
      const theirs = (await api.get<RevisionFiles>(revisionPath(active, '/files'))).files
      const files = changedFiles(theirs, mine)
      const exitCode = files.length === 0 ? 0 : 1
      if (json) tellJson({ active, revision: revisionOf(mine), files }, exitCode)
      else process.stdout.write(files.map(({ path }) => lineDiff(path, theirs[path], mine[path])).join(''))
      process.exitCode = exitCode
    })

function changedFiles(before: PolicySources, after: PolicySources): readonly ChangedFile[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted()
  return paths.flatMap((path): ChangedFile[] => {
    if (before[path] === after[path]) return []
    return [{ path, change: before[path] === undefined ? 'added' : after[path] === undefined ? 'removed' : 'changed' }]
  })
}
