// @ts-check
// `node deploy/setup/complete-lock.mjs`: after a change of packages. A registry that lacks the builds of another platform
// makes npm leave them out of the lock file, and `npm ci` then refuses that lock file (npm 11) or leaves that platform's
// people without them. This adds what is left out, by name, version and platform.
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { missingFromLock } from './missing-from-lock.mjs'

const file = fileURLToPath(new URL('../../package-lock.json', import.meta.url))
const lock = JSON.parse(readFileSync(file, 'utf8'))
const missing = missingFromLock(lock)
const added = Object.entries(missing)
const packages = [...Object.entries(lock.packages), ...added].toSorted(([a], [b]) => a.localeCompare(b, 'en'))
if (added.length > 0) writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`)
process.stderr.write(`${added.length} packages of other platforms added to package-lock.json\n`)
