import { open, rename, rm } from 'node:fs/promises'
import { backup } from 'node:sqlite'
import { connectReader } from './connect.ts'

/** A consistent copy while the writer goes on. `to` appears only when it is whole and on the disk. */
export async function backUp(file: string, to: string): Promise<void> {
  const partial = `${to}.partial`
  await rm(partial, { force: true })
  // A connection of its own: one that copies keeps every other user of it waiting.
  const source = connectReader(file)
  try {
    await backup(source, partial, { rate: 1_000_000_000 })
  } finally {
    source.close()
  }
  await using copy = await open(partial, 'r+')
  await copy.sync()
  await rename(partial, to)
}
