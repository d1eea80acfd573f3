import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { flameGraph } from './flame-graph.ts'
import { flameTree, programOf, type CpuProfile, type Flame } from './flame-tree.ts'

const pictures = fileURLToPath(new URL('../../../docs/pictures/', import.meta.url))
export const flamePrefix = 'flame-'

/** Runs the workload with every process profiled and keeps a picture of each program of ours: of the process that worked most. */
export async function keepFlames(workload: string, run: (profileDir: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-flames-'))
  try {
    await run(folder)
    const busiest = new Map<string, Flame>()
    for (const file of await readdir(folder)) {
      const profile = JSON.parse(await readFile(join(folder, file), 'utf8')) as CpuProfile
      const program = programOf(profile)
      if (program === undefined) continue
      const tree = flameTree(profile)
      if (tree.us > (busiest.get(program)?.us ?? 0)) busiest.set(program, tree)
    }
    for (const [program, tree] of busiest) {
      const picture = flameGraph(`${workload}, ${program}: ${(tree.us / 1_000_000).toFixed(1)} s of the processor`, tree)
      await writeFile(`${pictures}${flamePrefix}${workload}-${program}.svg`, picture)
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
