import { expect, it, vi } from 'vitest'
import { tunnelSettings } from '../../agent/wire/tunnel-settings.ts'
import { answerLikeAnAgent } from '../../test/support/test-device.ts'
import { openTestDoor } from '../../test/support/test-door.ts'
import { FakeClock } from '../basics/fake-clock.ts'
import type { DeviceId, ServiceName, SessionId } from '../basics/ids.ts'
import { createOverheadSweep } from './sweep-overhead.ts'

it('ends the one that sends too much, once, goes on with the others, and rests when there are none', () => {
  const clock = new FakeClock()
  const sweep = createOverheadSweep(clock)
  const floods: string[] = []
  const looked = { calm: 0, loud: 0 }
  const stop = sweep.watch({ holds: () => (looked.calm += 1) > 0 }, () => floods.push('calm'))
  sweep.watch({ holds: () => (looked.loud += 1) < 3 }, () => floods.push('loud'))
  clock.advance(10 * tunnelSettings.overheadLookMs)
  expect([floods, looked]).toEqual([['loud'], { calm: 10, loud: 3 }])
  stop()
  clock.advance(60_000)
  expect(looked.calm).toBe(10)
  sweep.watch({ holds: () => false }, () => floods.push('late'))
  clock.advance(tunnelSettings.overheadLookMs)
  expect(floods).toEqual(['loud', 'late'])
})

const session = `ses_${'1'.repeat(32)}` as SessionId
const plc = 'plc' as ServiceName

it('takes nobody for a flood who sends tiny pieces, or whose streams are cut while they pour', async () => {
  const clock = new FakeClock(Date.now())
  await using door = await openTestDoor({ clock })
  const answer = answerLikeAnAgent()
  const device = await door.dial(await door.enrol('press-1'), {
    onStream(stream, headers) {
      if (headers[':method'] !== 'CONNECT') return answer(stream, headers)
      stream.respond({ ':status': 200 })
      const pour = (): void => {
        while (!stream.destroyed && stream.write(Buffer.alloc(64 * 1024)));
        if (!stream.destroyed) stream.once('drain', pour)
      }
      // Its first byte says what it shall do.
      stream.once('data', (chunk: Buffer) => (chunk[0] === 0x70 ? pour() : stream.on('data', (more) => stream.write(more))))
    },
  })
  const link = await vi.waitUntil(() => door.listener.links.get('press-1' as DeviceId))
  const tiny = await link.openStream(session, plc)
  tiny.write('t')
  let echoed = 0
  tiny.on('data', (chunk: Buffer) => (echoed += chunk.length))
  for (let round = 0; round < 100; round += 1) {
    const poured = await link.openStream(session, plc)
    poured.write('p')
    await new Promise((resolve) => poured.once('readable', resolve))
    poured.destroy()
    clock.advance(tunnelSettings.overheadLookMs)
    for (let piece = 0; piece < 100; piece += 1) tiny.write('x')
  }
  await vi.waitFor(() => expect(echoed).toBe(10_000))
  expect((await link.info()).device).toBe('press-1')
  clock.advance(tunnelSettings.overheadLookMs)
  expect(door.listener.links.get('press-1' as DeviceId)).toBe(link)
  expect(device.socket.destroyed).toBe(false)
})
