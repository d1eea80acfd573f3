/** What an input says, out of its bytes. */
export type SignalReader = (bytes: Buffer) => void

const longestLine = 1_024

/** Lines (LF); of one that is too long nothing is taken. */
export function lineReader(onLine: (line: string) => void): SignalReader {
  let rest = ''
  let skipping = false
  return (bytes) => {
    const lines = (rest + bytes.toString('latin1')).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      if (!skipping && line.length <= longestLine) onLine(line.trim())
      skipping = false
    }
    if (rest.length <= longestLine) return
    rest = ''
    skipping = true
  }
}

/** `struct input_event` of linux/input.h where `long` has 64 bits: two of them for the time, then type, code (16 bits each) and value (32). */
const eventBytes = 24
const keyType = 1

/** Of one key: 1 down, 0 up; what repeats by itself (2) says nothing. The machine's own byte order; all that this runs on have the same. */
export function keyReader(code: number, onKey: (isDown: boolean) => void): SignalReader {
  let rest = Buffer.alloc(0)
  return (bytes) => {
    rest = Buffer.concat([rest, bytes])
    while (rest.length >= eventBytes) {
      const [type, key, value] = [rest.readUInt16LE(16), rest.readUInt16LE(18), rest.readInt32LE(20)]
      rest = rest.subarray(eventBytes)
      if (type === keyType && key === code && (value === 0 || value === 1)) onKey(value === 1)
    }
  }
}
