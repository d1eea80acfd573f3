import { expect, it, vi } from 'vitest'
import { openTestDoor } from '../../test/support/test-door.ts'
import { tunnelSettings } from '../../agent/wire/tunnel-settings.ts'
import type { DeviceId, ServiceName, SessionId } from '../basics/ids.ts'

it('opens both windows, the one of a stream and the one of the connection, and forbids push', async () => {
  await using door = await openTestDoor()
  const device = await door.dial(await door.enrol())
  const link = await vi.waitUntil(() => door.listener.links.get('press-1' as DeviceId))
  await link.info()
  expect(device.session.remoteSettings).toMatchObject({ initialWindowSize: tunnelSettings.streamWindow, enablePush: false })
  expect(device.session.state.remoteWindowSize).toBeGreaterThan(0.9 * tunnelSettings.connectionWindow)
})

it('keeps a device alive by the bytes that it sends, while no PING is answered', async () => {
  await using door = await openTestDoor({ limits: { pingIntervalMs: 50, deadAfterMs: 400 } })
  const device = await door.dial(await door.enrol(), {
    onStream(stream) {
      stream.respond({ ':status': 200 })
      const talk = setInterval(() => stream.write('still here'), 50)
      stream.once('close', () => clearInterval(talk))
    },
  })
  const link = await vi.waitUntil(() => door.listener.links.get('press-1' as DeviceId))
  const stream = await link.openStream(`ses_${'1'.repeat(32)}` as SessionId, 'hmi' as ServiceName)
  // From here on the gateway's own words get lost on their way: no PING arrives, so none is answered.
  stopReading(device.socket)
  let bytes = 0
  stream.on('data', (chunk: Buffer) => (bytes += chunk.length))
  const since = performance.now()
  await vi.waitUntil(() => performance.now() - since > 1_000, { timeout: 3_000 })
  expect(bytes).toBeGreaterThan(10)
  expect(await Promise.race([link.closed, Promise.resolve('alive')])).toBe('alive')
})

/** Node has no public way to stop an HTTP/2 session's reading alone. */
function stopReading(socket: object): void {
  const { _handle } = socket as { readonly _handle: { readStop(): number } }
  _handle.readStop()
}
