import { execFileSync } from 'node:child_process'
import { createWriteStream, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { systemClock, type Clock } from '../basics/clock.ts'
import { createBenchAuthority, sessionRequest } from '../testing/agent-bench.ts'
import type { AgentBench } from '../testing/agent-bench.ts'

const wired = mkdtempSync(join(tmpdir(), 'agent-inputs-'))
afterAll(() => rmSync(wired, { recursive: true }))

/** As the kernel writes a key's event where `long` has 64 bits. */
const key = (code: number, value: number): Buffer => {
  const bytes = Buffer.alloc(24)
  bytes.writeUInt16LE(1, 16)
  bytes.writeUInt16LE(code, 18)
  bytes.writeInt32LE(value, 20)
  return bytes
}

async function withBench(settings: object, clock: Clock, run: (bench: AgentBench) => Promise<void>): Promise<void> {
  const authority = await createBenchAuthority({ settings, clock })
  const bench = await authority.open()
  try {
    await run(bench)
  } finally {
    await bench.close()
    authority.close()
  }
}

it('takes the key of an input device for the button, presses in the name that the settings say, and ends nobody who is in', async () => {
  const device = join(wired, 'event3')
  execFileSync('/usr/bin/mkfifo', [device])
  let laterMs = 0
  const clock: Clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + laterMs }
  const hardware = { button: { inputEvent: device, code: 28 }, lamp: null, operator: 'Omar', whenLive: 'nothing' }
  await withBench({ hardware }, clock, async (bench) => {
    const keyboard = createWriteStream(device)
    const session = async () => (await bench.panel.state()).session
    await expect
      .poll(async () => (await bench.panel.state()).hardware, { timeout: 5_000 })
      .toMatchObject({ button: { gone: null }, lamp: null })
    const asked = sessionRequest({ services: ['hmi'] })
    expect((await bench.show(asked)).status).toBe(202)
    laterMs += 2_000
    keyboard.write(Buffer.concat([key(30, 1), key(30, 0), key(28, 0)]))
    keyboard.write(key(28, 1))
    await expect.poll(session).toMatchObject({ id: asked.session, approved_by: 'Omar', proof: 'hardware' })
    laterMs += 2_000
    keyboard.write(key(28, 1))
    expect((await bench.through(asked.session, { path: '/' })).response.statusCode).toBe(200)
    expect(await session()).toMatchObject({ id: asked.session })
    keyboard.end()
    await expect.poll(async () => (await bench.panel.state()).hardware?.button?.gone).toBe('exit_0')
  })
}, 20_000)

it('says at the panel that its programs are not there, and starts one that ended again', async () => {
  const runs = join(wired, 'runs')
  writeFileSync(runs, '')
  const button = { command: ['/bin/sh', '-c', `echo run >> ${runs}; echo pressed; sleep 2; exit 3`] }
  await withBench({ hardware: { button, lamp: { command: [join(wired, 'nothing')] } } }, systemClock, async (bench) => {
    const hardware = async () => (await bench.panel.state()).hardware
    await expect.poll(hardware).toMatchObject({ lamp: { gone: 'ENOENT' } })
    const asked = sessionRequest({ services: ['hmi'] })
    await bench.show(asked)
    const seen = new Set<unknown>()
    const look = async () => {
      seen.add((await hardware())?.button?.gone)
      return readFileSync(runs, 'utf8').split('\n').length
    }
    await expect.poll(look, { timeout: 10_000, interval: 50 }).toBeGreaterThan(2)
    expect([...seen]).toEqual(expect.arrayContaining([null, 'exit_3']))
    // What a program says as it starts lets nobody in.
    expect((await bench.panel.state()).session).toBe(null)
  })
}, 20_000)
