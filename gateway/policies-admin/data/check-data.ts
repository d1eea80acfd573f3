import { atPlace, ofWholeFile } from '../analysis/finding.ts'
import type { Finding } from '../analysis/finding.ts'
import type { PolicySources } from '../policy-files.ts'
import { findMember } from './find-member.ts'
import { joinedDocuments, policyDataSchemas } from './policy-data.ts'

type Members = Readonly<Record<string, unknown>>

/** Judges the documents of `data/`: JSON, an object each, no document in two files, and of the known ones what the rules count on. */
export function checkData(sources: PolicySources): Finding[] {
  const findings: Finding[] = []
  const homes = new Map<string, string>()
  for (const [path, text] of Object.entries(sources)) {
    if (!path.endsWith('.json')) continue
    const members = readMembers(path, text, findings)
    for (const [name, value] of Object.entries(members)) {
      findings.push(...judgeHome(homes, { path, text, name, value }))
      findings.push(...judge(path, text, name, value))
    }
  }
  for (const name of Object.keys(policyDataSchemas)) {
    if (homes.has(name) || !needed(sources, name)) continue
    findings.push(
      ofWholeFile(
        `data/${name}.json`,
        'data_missing',
        `The rules read data.${name}, and no file of data/ has it. Write data/${name}.json.`,
      ),
    )
  }
  return findings
}

interface Document {
  readonly path: string
  readonly text: string
  readonly name: string
  readonly value: unknown
}

/** A document stands in one file; of one that is joined, each member does. */
function judgeHome(homes: Map<string, string>, { path, text, name, value }: Document): Finding[] {
  const joined = joinedDocuments.includes(name) && typeof value === 'object' && value !== null
  const parts = joined ? Object.keys(value).map((member) => [name, member]) : [[name]]
  homes.set(name, homes.get(name) ?? path)
  return parts.flatMap((part) => {
    const key = JSON.stringify(part)
    const home = homes.get(key)
    if (home === undefined) homes.set(key, path)
    return home === undefined
      ? []
      : [at(path, text, part, 'data_twice', `"${part.join('.')}" stands in ${home} already. Write a document into one file.`)]
  })
}

/** Whether a rule reads it; a policy without these rules needs no such document. */
const needed = (sources: PolicySources, name: string): boolean =>
  Object.entries(sources).some(([path, text]) => path.endsWith('.rego') && !path.endsWith('_test.rego') && text.includes(`data.${name}.`))

function readMembers(path: string, text: string, findings: Finding[]): Members {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Members
    findings.push(
      ofWholeFile(path, 'data_not_object', 'A file of data/ is one JSON object; each of its members is a document: { "limits": { … } }.'),
    )
  } catch (error) {
    const message = error instanceof Error ? error.message : ''
    const [, line = '1', column = '1'] = /\(line (\d+) column (\d+)\)/u.exec(message) ?? [undefined, ...endOf(text)]
    const words = message.replace(/ \(line \d+ column \d+\)$| in JSON.*$/u, '').replace(/, "[^]*" is not valid JSON$/u, '')
    const said = { severity: 'error', code: 'data_not_json', message: `This is not JSON: ${words}.` } as const
    findings.push(atPlace(text, { path, line: Number(line), column: Number(column) }, said))
  }
  return {}
}

function endOf(text: string): [string, string] {
  const lines = text.split('\n')
  return [String(lines.length), String(lines.at(-1)?.length ?? 1)]
}

function judge(path: string, text: string, name: string, value: unknown): Finding[] {
  if (!Object.hasOwn(policyDataSchemas, name)) return []
  const read = policyDataSchemas[name as keyof typeof policyDataSchemas].safeParse(value)
  if (read.success) return []
  return read.error.issues.flatMap((issue) => {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : []
    if (unknown.length === 0) {
      const where = [name, ...issue.path]
      return [at(path, text, where, 'data_wrong', `data.${where.join('.')}: ${lowered(issue.message)}.`)]
    }
    return unknown.map((key) =>
      at(
        path,
        text,
        [name, ...issue.path, key],
        'data_unknown',
        `data.${[name, ...issue.path, key].join('.')} is not known: no rule reads it. Is it a slip of the pen?`,
      ),
    )
  })
}

const at = (path: string, text: string, member: readonly PropertyKey[], code: string, message: string): Finding =>
  atPlace(text, { path, ...findMember(text, member) }, { severity: 'error', code, message })

const lowered = (message: string): string =>
  message.replace(/^Invalid input: /u, '').replace(/, received undefined$/u, ', and it is not there')
