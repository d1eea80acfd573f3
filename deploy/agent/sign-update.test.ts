import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { testProgram } from '../../agent/testing/test-updates.ts'
import { verifyPackage } from '../../agent/updates/install-package.ts'
import { readTrust } from '../../agent/updates/pinned-keys.ts'
import { signUpdate } from './sign-update.ts'
import { developmentKeys, readUpdateKeys } from './update-keys.ts'

let folder: string
let said: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-sign-'))
  said = []
})
afterEach(() => rmSync(folder, { recursive: true }))

const at = (name: string): string => join(folder, name)
const sign = (...args: string[]) => signUpdate(args, (line) => said.push(line))

/** Three people, each with a key, and a program. */
async function prepare(): Promise<void> {
  writeFileSync(at('word'), 'correct horse\n')
  const lines: string[] = []
  for (const name of ['anna', 'ben', 'cem']) {
    await sign('key', name, '--out', at(`${name}.key`), ...(name === 'ben' ? ['--passphrase-file', at('word')] : []))
    lines.push(said.pop()!)
  }
  writeFileSync(at('update-keys.txt'), `# ours\n${lines.join(' # one\n')}\n`)
  writeFileSync(at('agent'), testProgram('1.3.0', ''))
  chmodSync(at('agent'), 0o755)
}
const note = (...more: string[]) =>
  sign('note', '--program', at('agent'), '--news-en', 'Faster.', '--news-de', 'Schneller.', '--out', at('note'), ...more)
const add = (name: string, ...more: string[]) => sign('add', at('note'), '--key', at(`${name}.key`), '--program', at('agent'), ...more)
const pack = () => sign('pack', at('note'), '--program', at('agent'), '--update-keys', at('update-keys.txt'), '--out', at('update'))

describe('signing an update', () => {
  it('takes two people who each add a signature, and gives what an agent takes', async () => {
    await prepare()
    await note('--expires', '2099-01-01T00:00:00Z')
    renameSync(at('anna.key'), at('other name.key'))
    await add('other name')
    renameSync(at('other name.key'), at('anna.key'))
    await add('ben', '--passphrase-file', at('word'))
    await pack()
    const trust = readTrust(await readUpdateKeys(at('update-keys.txt')))
    expect(await verifyPackage(at('update'), { trust, running: '1.2.0', floor: null, nowMs: 0 })).toMatchObject({
      signers: ['anna', 'ben'],
      release: { version: '1.3.0', news: { en: ['Faster.'], de: ['Schneller.'] }, expiresMs: Date.UTC(2099, 0, 1) },
    })
    expect(statSync(at('anna.key')).mode & 0o777).toBe(0o600)
    expect(readFileSync(at('ben.key'), 'utf8')).toContain('ENCRYPTED')
  })

  it('is refused for another program, twice by the same, by one alone, and with a key that is locked', async () => {
    await prepare()
    await note()
    await add('anna')
    await expect(add('anna')).rejects.toThrow(/anna has signed it already/)
    await expect(pack()).rejects.toMatchObject({ code: 'too_few_signatures' })
    await expect(add('ben')).rejects.toMatchObject({ code: expect.stringMatching(/^ERR_/) })
    writeFileSync(at('agent'), testProgram('1.3.0', ' '))
    await expect(add('cem')).rejects.toThrow(/not about/)
    await expect(pack()).rejects.toThrow(/not about/)
    expect(existsSync(at('update'))).toBe(false)
  })

  it('writes over nothing, and says what is missing', async () => {
    await prepare()
    await expect(sign('key', 'anna', '--out', at('anna.key'))).rejects.toThrow(/EEXIST/)
    await expect(sign('key', 'an na', '--out', at('x'))).rejects.toThrow(/no spaces/)
    await expect(sign('note', '--out', at('note'))).rejects.toThrow(/--program is missing/)
    await expect(sign('brew')).rejects.toThrow(/Usage/)
  })
})

it('keys for development are made once, and say what they are', async () => {
  const keys = await developmentKeys(at('development'))
  expect(await developmentKeys(at('development'))).toEqual(keys)
  expect(readTrust(keys)).toMatchObject({
    development: true,
    keys: [{ name: 'development-1' }, { name: 'development-2' }, { name: 'development-3' }],
  })
})
