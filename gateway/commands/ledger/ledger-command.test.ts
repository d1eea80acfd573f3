import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { runCommandLine } from '../command-line.ts'

const vector = (name: string): string => fileURLToPath(new URL(`../../../test/ledger/vectors/${name}`, import.meta.url))

async function verify(...args: readonly string[]): Promise<{ readonly exit: number; readonly out: string; readonly said: string }> {
  const [out, said] = [vi.spyOn(process.stdout, 'write').mockReturnValue(true), vi.spyOn(process.stderr, 'write').mockReturnValue(true)]
  const exit = await runCommandLine(['node', 'sallyport', 'ledger', 'verify', ...args])
  return { exit, out: out.mock.calls.join(''), said: said.mock.calls.join('') }
}

describe('sallyport ledger verify', () => {
  afterEach(() => {
    vi.restoreAllMocks()
    process.exitCode = undefined
  })

  it('says in words that two logs are proved', async () => {
    const { exit, out } = await verify(vector('machine.log'), vector('gateway.log'), '--keys', vector('keys.txt'))
    expect(exit).toBe(0)
    expect(out).toMatch(/^OK\nProved: 7 entries of the machine and 5 of the gateway\./)
  })

  it('says what is wrong as one line of JSON', async () => {
    const { exit, out } = await verify(
      vector('tampered/04-truncated.machine.log'),
      vector('gateway.log'),
      '--keys',
      vector('keys.txt'),
      '--json',
    )
    expect(exit).toBe(1)
    expect(JSON.parse(out)).toEqual({ exit: 1, code: 'TRUNCATED', log: 'm', seq: 3, message: expect.stringContaining('missing') })
  })

  it('refuses keys that are of another machine', async () => {
    const { exit, out } = await verify(vector('machine.log'), vector('gateway.log'), '--keys', vector('verdicts.json'))
    expect([exit, out.split('\n')[0]]).toEqual([3, 'KEYS'])
  })

  it.each([
    ['a log that is not there', 'nothing.log', 'gateway.log', 'keys.txt', { exit: 1, code: 'FILE_FORMAT', log: 'm' }],
    ['a log that is a folder', 'machine.log', 'tampered', 'keys.txt', { exit: 1, code: 'FILE_FORMAT', log: 'g' }],
    ['keys that are not there', 'machine.log', 'gateway.log', 'nothing.txt', { exit: 3, code: 'KEYS' }],
  ])('names %s, and never by the exit code of what is only not confirmed', async (_what, machine, gateway, keys, wanted) => {
    const { exit, out } = await verify(vector(machine), vector(gateway), '--keys', vector(keys), '--json')
    expect(exit).toBe(wanted.exit)
    expect(JSON.parse(out)).toEqual({ ...wanted, message: expect.stringContaining('cannot be read') })
  })

  it.each([[vector('machine.log')], [vector('machine.log'), vector('gateway.log')], ['--nonsense']])(
    'is called wrongly with exit code 1: %s',
    async (...args) => {
      expect((await verify(...args)).exit).toBe(1)
    },
  )
})
