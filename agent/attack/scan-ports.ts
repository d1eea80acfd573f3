import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Clock } from '../basics/clock.ts'
import { waitMs } from './wait.ts'

const atOnce = 256
const answersMs = 1_000
const everyPort = 65_535

/** Addresses of this machine that others can reach: all but loopback, and those that hold for one link alone. */
export function ownAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .filter(({ internal, address }) => !internal && !address.startsWith('fe80:'))
    .map(({ address }) => address)
}

/** Those of `ports` that take a connection, rising. Default: all of them. */
export async function openPorts(address: string, clock: Clock, ports?: readonly number[]): Promise<number[]> {
  const wanted = ports ?? Array.from({ length: everyPort }, (_, at) => at + 1)
  const open: number[] = []
  let next = 0
  const work = async (): Promise<void> => {
    for (let port = wanted[next++]; port !== undefined; port = wanted[next++]) {
      if (await isOpen(address, port)) open.push(port)
      // Whoever watches this process has to be answered meanwhile.
      if (port % 2_048 === 0) await waitMs(clock, 1)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  return open.toSorted((one, other) => one - other)
}

function isOpen(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port })
    const end = (open: boolean): void => {
      socket.destroy()
      resolve(open)
    }
    socket.setTimeout(answersMs, () => end(false))
    // Where nobody listens, a connection may come about with itself: its own end had the very port.
    socket.once('connect', () => end(socket.localPort !== port))
    socket.once('error', () => end(false))
  })
}
