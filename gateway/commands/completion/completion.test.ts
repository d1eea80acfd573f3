import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startNamingPortal, type NamingPortal } from '../../../test/support/naming-portal.ts'
import { installCommand, offeredByBash } from '../../../test/support/shell-completion.ts'
import { commandTree } from '../command-line.ts'
import { namesFromPortal } from './known-names.ts'
import { offersFor, type KnownNames } from './offers-for.ts'

const names: KnownNames = {
  machines: () =>
    Promise.resolve([
      { value: 'press-7', description: 'Press 7' },
      { value: 'mill-1', description: 'Mill' },
    ]),
  services: (machine) => Promise.resolve(machine === 'press-7' ? [{ value: 'plc', description: 'Drives' }] : []),
}

/** Words that are offered behind a line; `:files` where the shell is to add its own. */
async function offered(line: string): Promise<string[]> {
  const { offers, files } = await offersFor(commandTree(), line.split(' '), names)
  return [...offers.map(({ value }) => value), ...(files ? [':files'] : [])]
}

describe('what is offered behind a command line', () => {
  it.each<[string, string[]]>([
    ['mach', ['machines']],
    ['compl', ['completion']],
    ['comple', ['completion']],
    ['policy ', ['status', 'check', 'test', 'diff', 'submit', 'impact', 'activate', 'rollback', 'help']],
    ['policy check ', [':files']],
    ['completion ', ['bash', 'zsh', 'fish', 'powershell']],
    ['completion z', ['zsh']],
    ['completion zsh ', []],
    ['forward --dur', ['--duration']],
    ['forward --keep --json --reason why --duration 1h --', ['--ticket', '--help']],
    ['forward --reason ', []],
    ['forward ', ['press-7/', 'mill-1/']],
    ['forward --reason why p', ['press-7/']],
    ['forward press-7/', ['press-7/plc']],
    ['forward mill-1/', []],
    ['forward press-7/plc ', []],
    ['machines m', ['mill-1']],
    ['machines mill-1 ', []],
    ['init --cert ', [':files']],
    ['nonsense ', []],
  ])('%j: %j', async (line, wanted) => {
    expect(await offered(line)).toEqual(wanted)
  })
})

describe('Bash', () => {
  let folder: string
  let portal: NamingPortal
  let env: NodeJS.ProcessEnv

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-completion-'))
    portal = await startNamingPortal()
    env = await installCommand(folder)
  })
  afterAll(async () => {
    await portal[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  it('completes names that the portal says, none that a shell would obey, and waits for no portal', async () => {
    expect(await namesFromPortal(env, 0).machines()).toEqual([])
    await writeFile(env['SALLYPORT_CREDENTIALS'] ?? '', JSON.stringify(portal.credentials))
    expect(await offeredByBash(['sallyport forward ', 'sallyport forward press-7/'], env)).toEqual([
      ['compopt -o nospace', 'press-7/'],
      ['press-7/plc', 'press-7/shell'],
    ])
    portal.silence()
    // An answer may take 30 s otherwise.
    const askedAt = performance.now()
    expect(await offeredByBash(['sallyport machines '], env)).toEqual([[]])
    expect(performance.now() - askedAt).toBeLessThan(25_000)
  }, 60_000)
})
