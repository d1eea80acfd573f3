import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { FakeClock } from './basics/fake-clock.ts'
import type { SessionId } from './basics/ids.ts'
import { silentLogger } from './basics/logger.ts'
import { burstSeconds, createRequestPaces } from './basics/request-paces.ts'
import type { SessionRoom } from './sessions/session-room.ts'
import { startBar } from './start-bar.ts'

test('a bar of a session that is over is counted too, by its session', async () => {
  const pagesDir = await mkdtemp(join(tmpdir(), 'sallyport-bar-'))
  try {
    await mkdir(join(pagesDir, 'bar', 'assets'), { recursive: true })
    await writeFile(join(pagesDir, 'bar', 'index.html'), '')
    const figures = { strangerRequestsPerSecond: 1, portalRequestsPerSecond: 1, machineRequestsPerSecond: 1 }
    // Nothing of it is in the room any more.
    const room = { get: () => undefined } as unknown as SessionRoom
    const bar = await startBar({ pagesDir, room, paces: createRequestPaces(new FakeClock(), figures), logger: silentLogger })
    const asked = Array.from({ length: burstSeconds + 1 }, () => bar!.sessions.countRequest('ses_1' as SessionId))
    expect(asked).toEqual([...Array.from({ length: burstSeconds }, () => true), false])
    expect(bar!.sessions.countRequest('ses_2' as SessionId)).toBe(true)
  } finally {
    await rm(pagesDir, { recursive: true })
  }
})
