import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { systemClock } from '../basics/clock.ts'
import { listenersIn, listenersOf } from './listeners-of.ts'
import { openPorts } from './scan-ports.ts'

const row = (local: string, state: string, inode: string): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000  1000        0 ${inode} 1 0000000000000000 100 0 0 10 0`

describe('what a process listens on', () => {
  it('is told apart: loopback of both kinds, every address, other processes, other states', () => {
    const table = [
      'sl local_address ...',
      row('0100007F:1B58', '0A', '1'),
      row('00000000000000000000000001000000:1B59', '0A', '1'),
      row('0000000000000000FFFF00000100007F:1B5A', '0A', '1'),
      row('00000000:1B5B', '0A', '1'),
      row('00000000000000000000000000000000:1B5C', '0A', '1'),
      row('0200000A:1B5D', '0A', '1'),
      row('00000000:1B5E', '0A', '2'),
      row('00000000:1B5F', '01', '1'),
    ].join('\n')
    expect(listenersIn(table, new Set(['1']))).toEqual([
      { port: 7_000, onLoopback: true },
      { port: 7_001, onLoopback: true },
      { port: 7_002, onLoopback: true },
      { port: 7_003, onLoopback: false },
      { port: 7_004, onLoopback: false },
      { port: 7_005, onLoopback: false },
    ])
  })

  it.runIf(process.platform === 'linux')('is found of a process that is there, and by trying its ports', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve))
    const { port } = server.address() as AddressInfo
    try {
      expect(await listenersOf(process.pid)).toContainEqual({ port, onLoopback: false })
      expect(await openPorts('127.0.0.1', systemClock, [port])).toEqual([port])
    } finally {
      await new Promise((resolve) => server.close(resolve))
    }
    expect(await openPorts('127.0.0.1', systemClock, [port])).toEqual([])
  })

  it('is not known of a process that is not there', async () => {
    expect(await listenersOf(2 ** 30)).toBeNull()
  })
})
