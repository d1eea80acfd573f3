import { expect, it } from 'vitest'
import { keyReader, lineReader } from './read-signals.ts'

/** As the kernel writes it on a machine with `long` of 64 bits. */
const inputEvent = (type: number, code: number, value: number): Buffer => {
  const bytes = Buffer.alloc(24, 7)
  bytes.writeUInt16LE(type, 16)
  bytes.writeUInt16LE(code, 18)
  bytes.writeInt32LE(value, 20)
  return bytes
}

it('reads lines however they are cut, and takes nothing of one that has no end', () => {
  const lines: string[] = []
  const read = lineReader((line) => lines.push(line))
  for (const part of ['pre', 'ss\r\n\npr', 'ess\n', 'x'.repeat(2_000), 'y'.repeat(2_000), '\nlast\n']) read(Buffer.from(part))
  expect(lines).toEqual(['press', '', 'press', 'last'])
})

it('reads one key of a Linux input device, byte by byte, and neither its repeats nor other keys', () => {
  const keys: boolean[] = []
  const read = keyReader(28, (isDown) => keys.push(isDown))
  const events = [
    inputEvent(4, 4, 28),
    inputEvent(1, 28, 1),
    inputEvent(0, 0, 0),
    inputEvent(1, 28, 2),
    inputEvent(1, 30, 1),
    inputEvent(2, 28, 1),
    inputEvent(1, 28, 0),
  ]
  for (const byte of Buffer.concat(events)) read(Buffer.from([byte]))
  expect(keys).toEqual([true, false])
})
