import { readdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { MachineNote } from '../measure/machine-note.ts'
import type { Row } from '../measure/row.ts'

export interface Result {
  readonly workload: string
  /** ISO date. */
  readonly date: string
  readonly machine: MachineNote
  /** Versions of those that were run, by name; what is part of the bench has none. */
  readonly peers?: Readonly<Record<string, string>>
  /** Peers that could not be built or run, and why. */
  readonly missing: readonly string[]
  readonly rows: readonly Row[]
}

const folder = fileURLToPath(new URL('../results/', import.meta.url))

export async function keepResult(result: Omit<Result, 'date'>): Promise<void> {
  const date = new Date().toISOString().slice(0, 10)
  const { workload, machine, peers, missing, rows } = result
  await writeFile(`${folder}${workload}.json`, `${JSON.stringify({ workload, date, machine, peers, missing, rows }, rounded, 2)}\n`)
}

export async function keptResults(): Promise<readonly Result[]> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.json'))
  return Promise.all(files.map(async (name) => JSON.parse(await readFile(folder + name, 'utf8')) as Result))
}

/** More digits than a figure is worth only make differences between two files look like something. */
function rounded(_name: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value
}
