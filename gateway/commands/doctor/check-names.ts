import { lookup } from 'node:dns/promises'
import { failed, ok, type Finding } from './finding.ts'

/** Every name that browsers and machines ask for leads somewhere. */
export async function checkNames(names: readonly string[]): Promise<Finding> {
  const asked = names.filter((name) => !name.endsWith('.localhost'))
  if (asked.length === 0) return ok('names', 'Names under .localhost: browsers find them by themselves.')
  const found = await Promise.all(asked.map((name) => lookup(name).catch(() => null)))
  const missing = asked.filter((_, at) => found[at] === null)
  if (missing.length === 0) return ok('names', `${asked.join(', ')} are known to DNS.`)
  return failed('names', `DNS does not know ${missing.join(', ')} here.`, 'Add the records; the access domain needs a wildcard.')
}
