import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folderOf = (target: string): string => fileURLToPath(new URL(`corpora/${target}`, import.meta.url))

export interface KeptInput {
  readonly name: string
  readonly bytes: Buffer
}

/** What earlier runs found worth keeping; those named `crash-` broke something once. */
export function keptInputs(target: string): KeptInput[] {
  const folder = folderOf(target)
  if (!existsSync(folder)) return []
  return readdirSync(folder)
    .toSorted()
    .map((name) => ({ name, bytes: readFileSync(join(folder, name)) }))
}

const nameOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex').slice(0, 16)

/** A crash stays for ever. */
export function keepCrash(target: string, bytes: Buffer): string {
  const folder = folderOf(target)
  mkdirSync(folder, { recursive: true })
  const name = `crash-${nameOf(bytes)}`
  writeFileSync(join(folder, name), bytes)
  return `test/attacks/fuzz/corpora/${target}/${name}`
}

/** Puts these in the place of all that are no crash. */
export function keepInputs(target: string, inputs: readonly Buffer[]): void {
  const folder = folderOf(target)
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder)) if (!name.startsWith('crash-')) rmSync(join(folder, name))
  for (const bytes of inputs) writeFileSync(join(folder, nameOf(bytes)), bytes)
}
