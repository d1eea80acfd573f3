import { describe, expect, it, vi } from 'vitest'
import { answerJson, answerLikeAnAgent } from '../../test/support/test-device.ts'
import { openTestDoor } from '../../test/support/test-door.ts'
import type { StreamHandler } from '../../test/support/test-device.ts'
import type { DeviceId, ServiceName, SessionId } from '../basics/ids.ts'
import type { DeviceLink } from '../devices/device-link.ts'
import type { TunnelLimits } from './tunnel-limits.ts'

const session = `ses_${'1'.repeat(32)}` as SessionId
const hmi = 'hmi' as ServiceName
const page = 'ab'.repeat(16)

interface Connected extends AsyncDisposable {
  readonly link: DeviceLink
}

async function connectTo(onStream: StreamHandler, limits: Partial<TunnelLimits> = {}): Promise<Connected> {
  const door = await openTestDoor({ limits })
  await door.dial(await door.enrol(), { onStream })
  const link = await vi.waitUntil(() => door.listener.links.get('press-1' as DeviceId), { interval: 5 })
  return { link, [Symbol.asyncDispose]: () => door[Symbol.asyncDispose]() }
}

describe('the way of a recorded page to the agent', () => {
  it('is a POST that names session, service and page, with lines both ways', async () => {
    const heard: unknown[] = []
    await using connected = await connectTo((stream, headers) => {
      heard.push([headers[':method'], headers[':path'], headers['sallyport-page'], headers['sallyport-service']])
      stream.respond({ ':status': 200 })
      stream.on('data', (chunk: Buffer) => stream.write(`got ${chunk.toString()}`)).on('end', () => stream.end())
    })
    const mirror = await connected.link.openMirror(session, hmi, page)
    const said: string[] = []
    mirror.on('data', (chunk: Buffer) => said.push(chunk.toString()))
    mirror.write('{"events":[]}\n')
    await vi.waitUntil(() => said.length === 1)
    mirror.end()
    await vi.waitUntil(() => mirror.closed)
    expect(said).toEqual(['got {"events":[]}\n'])
    expect(heard).toEqual([['POST', `/v1/sessions/${session}/mirror`, page, 'hmi']])
  })

  it.each([
    [404, 'mirror_unknown'],
    [409, 'mirror_unwanted'],
    [429, 'mirror_full'],
    [500, 'device_answer_invalid'],
  ])('is refused as the agent says: %i', async (status, code) => {
    await using connected = await connectTo((stream) => {
      stream.respond({ ':status': status })
      stream.end('{}')
    })
    await expect(connected.link.openMirror(session, hmi, page)).rejects.toMatchObject({ name: 'CodedError', code })
  })

  it('an agent without one refuses as unknown, and a hundred such pages cost the tunnel nothing', async () => {
    const agent = answerLikeAnAgent()
    await using connected = await connectTo(
      (stream, headers) => {
        if (headers[':method'] !== 'POST') return agent(stream, headers)
        answerJson(stream, 404, { code: 'not_found' })
        stream.resume()
      },
      { cancelBurst: 10, cancelsPerSecond: 0 },
    )
    for (let asked = 0; asked < 100; asked += 1)
      await expect(connected.link.openMirror(session, hmi, page)).rejects.toMatchObject({ code: 'mirror_unknown' })
    expect(await connected.link.openStream(session, hmi)).toBeDefined()
  })
})
