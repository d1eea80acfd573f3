import { createWriteStream, type WriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'

/** What the parts say goes into one file each: the screen is for people. */
export interface DemoLog {
  write(part: string, line: string): void
  fileOf(part: string): string
}

export async function openDemoLog(dataDir: string): Promise<DemoLog> {
  const directory = join(dataDir, 'log')
  await mkdir(directory, { recursive: true })
  const streams = new Map<string, WriteStream>()
  const fileOf = (part: string): string => join(directory, `${part}.log`)
  return {
    fileOf,
    write(part, line) {
      const stream = streams.get(part) ?? createWriteStream(fileOf(part), { flags: 'a' }).on('error', () => {})
      streams.set(part, stream)
      stream.write(`${line}\n`)
    },
  }
}
