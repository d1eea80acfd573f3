import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandLine, type RunningCommand } from '../../test/support/command-line.ts'
import type { OpaDecisionEvent } from '../decisions/export/opa-decision-event.ts'
import { exampleDecisionInput } from '../decisions/example-decision-input.ts'
import { apiWorld, type ApiWorld } from '../http-api/testing/api-world.ts'
import { tokenHash } from '../sign-in/sign-in-room.ts'
import { exampleDecision, exampleSignIn } from '../storage/testing/example-records.ts'

const older = { evaluatedAt: Date.parse('2026-03-01T12:00:00Z') }
const logged = 400

let world: ApiWorld
let folder: string
let signedIn = 0

/** Somebody who is signed in at a command line of her own. */
async function signedInAs(actor: 'auditor' | 'technician' | 'administrator', portal?: string): Promise<string> {
  const home = await mkdtemp(join(folder, 'home-'))
  const token = `${actor}${(signedIn += 1)}`.padEnd(43, 'x')
  const nowS = world.clock.nowS()
  const times = { createdAt: nowS, lastSeenAt: nowS, authenticatedAt: nowS, expiresAt: nowS + 36_000 }
  const signIn = exampleSignIn(`cli-${home}`, {
    ...times,
    tokenHash: tokenHash(token),
    personId: world.people[actor].id,
    client: 'command_line',
  })
  await world.storage.signIns.insert(signIn, [])
  await writeFile(
    join(home, 'credentials.json'),
    JSON.stringify({ portal: portal ?? (await world.listen()), token, expires_at: 4_000_000_000, name: actor }),
  )
  return home
}

beforeAll(async () => {
  world = await apiWorld()
  folder = await mkdtemp(join(tmpdir(), 'decisions-command-'))
  const { technician } = exampleDecisionInput()
  await world.storage.decisionLog.append(exampleDecision('older', older))
  const people = Array.from({ length: logged }, (_, n) => exampleDecisionInput({ technician: { ...technician, name: `Mia ${n}` } }))
  await world.decisions.decideMany(people)
}, 90_000)
afterAll(async () => {
  await world[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

interface Ran {
  readonly code: number | null
  readonly out: readonly string[]
  readonly said: string
}

const ran = async ({ ended, out, said }: RunningCommand): Promise<Ran> => ({ code: await ended, out, said: said.join('\n') })
const exported = (home: string, ...options: string[]): Promise<Ran> =>
  ran(commandLine(home)('decisions', 'export', '--from', '2026-01-01', ...options))
const eventsOf = (lines: readonly string[]): OpaDecisionEvent[] => lines.map((line) => JSON.parse(line) as OpaDecisionEvent)

describe('sallyport decisions export', () => {
  it('writes the log to stdout, one event a line, oldest first and without names', async () => {
    const { code, out, said } = await exported(await signedInAs('auditor'))
    expect([code, said]).toEqual([0, ''])
    const events = eventsOf(out)
    expect(events.length).toBe(logged + 1)
    expect(events[0]?.decision_id).toBe(exampleDecision('older').id)
    expect(events.map(({ timestamp }) => timestamp)).toEqual(events.map(({ timestamp }) => timestamp).toSorted())
    expect(out.join('\n')).not.toMatch(/Mia|Olga/)
  })

  it('writes a whole file that nobody else can read, and says where the next one begins', async () => {
    const home = await signedInAs('administrator')
    const file = join(home, 'log.ndjson')
    const { code, out } = await exported(home, '--until', '2026-04-01', '--personal', '--out', file, '--json')
    const text = await readFile(file, 'utf8')
    expect(eventsOf(text.trimEnd().split('\n')).map(({ decision_id: id }) => id)).toEqual([exampleDecision('older').id])
    expect([code, out.map((line) => JSON.parse(line) as unknown)]).toEqual([
      0,
      [{ schemaVersion: 1, file, decisions: 1, bytes: Buffer.byteLength(text), next_from: '2026-04-01T00:00:00.000Z' }],
    ])
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const next = await ran(commandLine(home)('decisions', 'export', '--from', '2026-04-01T00:00:00.000Z'))
    expect(next.out.length).toBe(logged)
    const again = await exported(home, '--out', file)
    expect([again.code, again.said]).toEqual([2, expect.stringContaining(`${file} is there already`)])
    expect(await readFile(file, 'utf8')).toBe(text)
  })

  it('takes the filters of the list', async () => {
    const home = await signedInAs('auditor')
    const count = async (...filter: string[]): Promise<number> => (await exported(home, ...filter)).out.length
    expect(await count('--result', 'denied', '--code', 'never_given')).toBe(0)
    expect(await count('--machine', exampleDecision('older').input.device.id, '--revision', exampleDecision('older').revision)).toBe(1)
  })

  it('tells apart by its exit code what is wrong', async () => {
    const home = await signedInAs('auditor')
    const run = (...args: string[]): Promise<Ran> => ran(commandLine(home)('decisions', 'export', ...args))
    expect((await run()).code).toBe(2)
    const date = await run('--from', 'yesterday')
    expect([date.code, date.said]).toEqual([2, expect.stringContaining('2026-11-01')])
    expect((await run('--from', '2026-11-01', '--json')).code).toBe(2)
    expect((await run('--from', '2026-11-01', '--result', 'perhaps')).code).toBe(2)
    const action = await run('--from', '2026-11-01', '--action', 'dance')
    expect([action.code, action.said]).toEqual([1, expect.stringContaining('action')])
    const technician = await exported(await signedInAs('technician'))
    expect([technician.code, technician.out.length]).toEqual([1, 0])
    const nobody = await mkdtemp(join(folder, 'nobody-'))
    expect((await exported(nobody)).code).toBe(3)
    expect((await exported(await signedInAs('auditor', 'http://127.0.0.1:9'))).code).toBe(4)
  })

  it('leaves nothing where the answer is cut off, and what is there already as it is', async () => {
    const cutting = createServer((request, response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' })
      response.write('{"decision_id":"dec_1"}\n', () => request.socket.destroy())
    })
    await new Promise<void>((resolve) => cutting.listen(0, '127.0.0.1', resolve))
    const home = await signedInAs('auditor', `http://127.0.0.1:${(cutting.address() as AddressInfo).port}`)
    const into = join(home, 'exports')
    await mkdir(into)
    const cut = await exported(home, '--out', join(into, 'log.ndjson'))
    cutting.close()
    expect([cut.code, cut.said, await readdir(into)]).toEqual([4, expect.stringMatching(/cut off/), []])
    await writeFile(join(into, 'other.ndjson.part'), 'of another export')
    const beside = await exported(await signedInAs('auditor'), '--out', join(into, 'other.ndjson'))
    expect([beside.code, await readFile(join(into, 'other.ndjson.part'), 'utf8')]).toEqual([1, 'of another export'])
  })
})
