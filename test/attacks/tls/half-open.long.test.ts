import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { besiege } from './besieged.ts'
import type { Besieged } from './besieged.ts'
import { clientHello } from './client-hello.ts'
import { holdHalfOpen } from './half-open.ts'
import type { Silence } from './half-open.ts'

/* 5,000 connections at each port that never finish their handshake, from 250 addresses; who is cut comes back (Boundary CVE-2026-7776; CWE-400, CWE-770). */

const count = 5_000
const silences: readonly Silence[] = ['says nothing', 'says hello and no more']

describe.each(['tls', 'one port'] as const)('at the public port (%s)', (front) => {
  let besieged: Besieged
  let hellos: Readonly<Record<'public' | 'tunnel' | 'est', Buffer>>
  let before: { readonly descriptors: number }
  beforeAll(async () => {
    besieged = await besiege(front)
    hellos = {
      public: await clientHello('sallyport.localhost', ['http/1.1']),
      tunnel: await clientHello('localhost', ['rh2']),
      est: await clientHello('localhost'),
    }
    before = { descriptors: await besieged.descriptors() }
  })
  afterAll(() => besieged[Symbol.asyncDispose]())

  async function attack(which: keyof typeof hellos, silence: Silence, during = async (): Promise<void> => {}): Promise<void> {
    const port = besieged.installation.ports[which]
    const half = await holdHalfOpen({ port, count, silence, hello: hellos[which], comeBackPerSecond: 200 })
    await besieged.bystanderWorksOn()
    expect(await besieged.newBrowser()).toBeLessThan(20)
    await during()
    await besieged.bystanderWorksOn()
    await half.stop()
    await vi.waitFor(async () => expect(await besieged.descriptors()).toBeLessThan(before.descriptors + 12))
  }
  const each = (['public', 'tunnel', 'est'] as const).flatMap((which) => silences.map((silence) => [which, silence] as const))

  it.each(each)(`${count} for %s, each of which %s, keep nobody out who comes anew, and nobody who is at work`, async (which, silence) => {
    const machine = which !== 'public' && silence === 'says hello and no more'
    await attack(which, silence, async () => void (machine && (await besieged.newMachine())))
  })

  it('the same again takes no more memory than it took before', async () => {
    const mib = await besieged.residentMiB()
    for (const which of ['public', 'tunnel', 'est'] as const) await attack(which, 'says hello and no more')
    const grown = (await besieged.residentMiB()) - mib
    process.stdout.write(
      `${front}: ${Math.round(mib)} MiB after the first attacks, ${Math.round(grown)} MiB more after three more of ${count}\n`,
    )
    expect(grown).toBeLessThan(64)
  })
})
