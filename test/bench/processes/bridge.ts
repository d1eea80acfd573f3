import type { Duplex } from 'node:stream'
import { receivedBytes } from '../../../agent/wire/received-bytes.ts'

/** Bytes both ways by plain handlers with backpressure, as both ends of our tunnel do it; one end takes the other with it. */
export function bridge(one: Duplex, other: Duplex): void {
  pass(one, other)
  pass(other, one)
}

function pass(from: Duplex, to: Duplex): void {
  from.on('data', (chunk: Buffer) => {
    receivedBytes(chunk.length)
    if (!to.write(chunk)) from.pause()
  })
  to.on('drain', () => from.resume())
  from.on('end', () => to.end())
  from.on('error', () => to.destroy())
  from.on('close', () => to.destroy())
}
