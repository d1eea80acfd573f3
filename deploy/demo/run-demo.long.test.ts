import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { DemoDescription } from './demo-description.ts'
import { demoCommands, gone, type DemoCommands } from '../../test/support/demo-command.ts'
import { descendants } from '../../test/support/process-tree.ts'

let demo: DemoCommands

beforeEach(async () => {
  demo = await demoCommands()
})
afterEach(() => demo[Symbol.asyncDispose]())

describe('npm run demo -- --json', () => {
  it('runs twice side by side from one folder, on ports and data of their own', async () => {
    const [one, two] = await Promise.all([demo.run('--json', '--port', '0').description(), demo.run('--json', '--port', '0').description()])
    const addresses = ({ portal, tunnel, est, ca }: DemoDescription): string[] => [portal, tunnel, est, ca]
    expect(addresses(one).filter((address) => addresses(two).includes(address))).toEqual([])
  }, 60_000)

  it('two demos on one data folder', async () => {
    await demo.run('--json', '--port', '0', '--data', 'kept').description()
    const second = demo.run('--port', '0', '--data', 'kept')
    expect(await second.ended).toBe(1)
    expect(second.said.err).toMatch(/^sallyport: A demo is running with the data in .*kept \(process \d+\)\. .*\n$/)
  }, 60_000)
})

describe('the demo leaves nothing running', () => {
  it('when the process that started it is killed', async () => {
    const { child, description } = demo.run('--json', '--port', '0', '--data', 'kept')
    await description()
    const all = descendants(child.pid ?? 0)
    child.kill('SIGKILL')
    await gone(all, 5_000)
  }, 60_000)

  it('when a part does not start, and says in one sentence why', async () => {
    const first = demo.run('--json', '--port', '0', '--data', 'kept')
    await first.description()
    first.child.kill('SIGTERM')
    await first.ended
    const database = new DatabaseSync(join(demo.folder, 'kept', 'idp', 'idp.sqlite'))
    database.exec("INSERT INTO migrations VALUES (1000, 'of a newer release', 0)")
    database.close()
    const second = demo.run('--json', '--port', '0', '--data', 'kept')
    expect(await second.ended).toBe(1)
    expect(second.said.out).toBe('')
    expect(second.said.err).toMatch(/^sallyport: idp did not start: .*newer.*\n$/)
  }, 60_000)
})
