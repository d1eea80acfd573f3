import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, it } from 'vitest'
import type { LedgerVerdict } from '../../gateway/ledger/verifier/findings.ts'
import { attacks } from './attacks.ts'
import { fileOf, makeLogs, type MadeLogs } from './make-logs.ts'

const folder = mkdtempSync(join(tmpdir(), 'other-verifier-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
const program = fileURLToPath(new URL('verify_ledger.py', import.meta.url))

/** What a verifier says that was written from the formats alone, in Python with openssl: no code of it is ours. */
async function otherVerdict(logs: MadeLogs): Promise<LedgerVerdict> {
  const files = { 'machine.log': fileOf(logs.m, logs.now), 'gateway.log': fileOf(logs.g, logs.now), keys: logs.keys }
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  const args = [program, join(folder, 'machine.log'), join(folder, 'gateway.log'), '--keys', join(folder, 'keys'), '--json']
  const said = await promisify(execFile)('python3', args).catch((error: { readonly stdout?: string }) => {
    if (error.stdout === undefined || error.stdout === '') throw error
    return { stdout: error.stdout }
  })
  return JSON.parse(said.stdout) as LedgerVerdict
}

/**
 * What stands between the lines of a file, a head behind another entry than its last or a carriage return, is step 2 for the one (a matter of the file) and
 * steps 3 to 5 for the other: the formats leave it open (docs/ledger-format.md). Both refuse the same log.
 */
const betweenTheLines = new Set([
  'removes an entry and chains anew, without the key',
  'puts an entry in and chains anew, without the key',
  'puts an old head in the place of a new one',
  'ends lines with CR LF',
])

describe('the verifier in Python', () => {
  it.each([0, 1, 2])('finds logs of random sessions proved (seed %i)', async (seed) => {
    expect(await otherVerdict(makeLogs(seed))).toMatchObject({ exit: 0, code: 'OK' })
  })

  it.each(attacks.filter(({ name }) => !betweenTheLines.has(name)))(
    'says of "$name" what ours says: $code',
    async ({ make, code, log, seq, size }) => {
      const wanted = Object.fromEntries(Object.entries({ code, log, seq, size }).filter(([, value]) => value !== undefined))
      expect(await otherVerdict(make())).toMatchObject(wanted)
    },
  )

  it.each(attacks.filter(({ name }) => betweenTheLines.has(name)))('refuses "$name" for how the file is written', async ({ make, log }) => {
    expect(await otherVerdict(make())).toMatchObject({ exit: 1, code: 'FILE_FORMAT', log })
  })
})
