import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { demoCommands, gone, type DemoCommands } from '../../test/support/demo-command.ts'
import { descendants, lives } from '../../test/support/process-tree.ts'

let demo: DemoCommands

beforeEach(async () => {
  demo = await demoCommands()
})
afterEach(() => demo[Symbol.asyncDispose]())

describe('npm run demo -- --json', () => {
  it('prints one line with exactly the promised members; Ctrl-C, which the terminal gives to everybody, leaves nothing running and makes no noise; the next start keeps accounts and ports, and nothing is left of one that is killed', async () => {
    const first = demo.run('--json', '--port', '0', '--data', 'kept')
    const description = await first.description()
    expect(first.said.out.trimEnd()).toBe(JSON.stringify(description))
    expect(Object.keys(description)).toEqual(['portal', 'issuer', 'api', 'tunnel', 'est', 'ca', 'accounts', 'machines'])
    for (const account of description.accounts) expect(Object.keys(account)).toEqual(['role', 'name', 'username', 'password'])
    expect(description.machines).toHaveLength(3)
    for (const machine of description.machines) {
      expect(Object.keys(machine)).toEqual(['id', 'name', 'region', 'product_line', 'panel', 'pid', 'services'])
      for (const service of machine.services) expect(Object.keys(service)).toEqual(['name', 'kind', 'target'])
      expect(lives(machine.pid)).toBe(true)
    }
    const group = first.child.pid ?? 0
    const pids = [group, ...descendants(group)]
    process.kill(-group, 'SIGINT')
    await gone(pids, 5_000)
    expect(await first.ended).toBe(0)
    expect(first.said.err).toBe('')

    const next = demo.run('--json', '--port', '0', '--data', 'kept')
    expect({ ...(await next.description()), machines: [] }).toEqual({ ...description, machines: [] })
    const all = descendants(next.child.pid ?? 0)
    process.kill(all[0] ?? 0, 'SIGKILL')
    await gone(all, 5_000)
  }, 180_000)
})

describe('what is wrong is one sentence and an exit code', () => {
  it.each([
    ['a port that is none', ['--port', '70000'], 2, /'70000' is invalid. a number from 0 to 65535/],
    ['a port that is no number', ['--port', '0x10'], 2, /'0x10' is invalid. a number from 0 to 65535/],
    [
      'a folder that is a file',
      ['--port', '0', '--data', 'file'],
      1,
      /^sallyport: The demo cannot keep its data in .*file .*--data DIR\.\n$/,
    ],
    ['a folder with something else', ['--port', '0', '--data', '.'], 1, /^sallyport: .* holds something that is no demo \(file\)/],
    ['an unknown option', ['--ports', '0'], 2, /unknown option '--ports'/],
  ])('%s', async (_what, args, code, sentence) => {
    await writeFile(join(demo.folder, 'file'), '')
    const { ended, said } = demo.run('--json', ...args)
    expect(await ended).toBe(code)
    expect(said.out).toBe('')
    expect(said.err).toMatch(sentence)
    expect(said.err).not.toMatch(/^\s+at /m)
  })
})
