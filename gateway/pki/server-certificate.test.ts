import { expect, it } from 'vitest'
import { FakeClock } from '../basics/fake-clock.ts'
import { silentLogger } from '../basics/logger.ts'
import type { ServerKeyMaterial } from './certificate-authority.ts'
import { startServerCertificate } from './server-certificate.ts'

const dayMs = 86_400_000

async function start() {
  const clock = new FakeClock()
  const issued: ServerKeyMaterial[] = []
  let broken = false
  const authority = {
    issueServerCertificate(_names: readonly string[], lifetimeMs: number): Promise<ServerKeyMaterial> {
      if (broken) return Promise.reject(new Error('no entropy'))
      issued.push({ keyPem: `key ${issued.length}`, certificatePem: '', notAfter: clock.nowMs() + lifetimeMs })
      return Promise.resolve(issued.at(-1) as ServerKeyMaterial)
    },
  }
  const certificate = await startServerCertificate({ authority, names: ['localhost'], clock, logger: silentLogger, lifetimeMs: 30 * dayMs })
  const heard: string[] = []
  certificate.onRenewed(({ keyPem }) => heard.push(keyPem))
  return {
    clock,
    issued,
    certificate,
    heard,
    break: (now: boolean) => void (broken = now),
    async advance(ms: number) {
      clock.advance(ms)
      for (let turn = 0; turn < 5; turn += 1) await Promise.resolve()
    },
  }
}

it('is issued anew at two thirds of its lifetime, again and again', async () => {
  const test = await start()
  await test.advance(19.9 * dayMs)
  expect(test.heard).toEqual([])
  await test.advance(0.2 * dayMs)
  expect(test.heard).toEqual(['key 1'])
  await test.advance(20 * dayMs)
  expect(test.heard).toEqual(['key 1', 'key 2'])
  expect(test.certificate.current().keyPem).toBe('key 2')
})

it('is tried again when it could not be issued, and stays the old one meanwhile', async () => {
  const test = await start()
  test.break(true)
  await test.advance(21 * dayMs)
  expect(test.certificate.current().keyPem).toBe('key 0')
  test.break(false)
  await test.advance(60_000)
  expect(test.heard).toEqual(['key 1'])
})

it.each([
  ['ahead, past its two thirds: after a long suspension, or a first start with a wrong clock', 21 * dayMs],
  ['ahead by years', 3_000 * dayMs],
  ['back, before its beginning', -400 * dayMs],
])('is issued anew within a minute when the wall clock jumps %s', async (_what, jumpMs) => {
  const test = await start()
  await test.advance(600_000)
  test.clock.jumpWallClock(jumpMs)
  await test.advance(60_000)
  expect(test.heard).toEqual(['key 1'])
  await test.advance(600_000)
  expect(test.heard).toEqual(['key 1'])
})

it('is issued no more once it is closed', async () => {
  const test = await start()
  test.certificate.close()
  await test.advance(60 * dayMs)
  expect(test.issued).toHaveLength(1)
})
