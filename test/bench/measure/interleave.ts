import { median } from './median.ts'

/** What one run of a contestant gave, by the name of the figure. */
export type Figures = Readonly<Record<string, number>>

export interface Contestant {
  readonly name: string
  measure(): Promise<Figures>
}

/** Every contestant once without counting, then in turn: ours, peer, ours, peer... The machine's moods meet all of them. Medians of the rounds, by name. */
export async function interleave(contestants: readonly Contestant[], rounds: number): Promise<ReadonlyMap<string, Figures>> {
  const runs = new Map<string, Figures[]>()
  for (let round = 0; round <= rounds; round += 1) {
    for (const { name, measure } of contestants) {
      const figures = await measure()
      if (round > 0) runs.set(name, [...(runs.get(name) ?? []), figures])
    }
  }
  return new Map([...runs].map(([name, all]) => [name, medians(all)]))
}

function medians(runs: readonly Figures[]): Figures {
  const names = Object.keys(runs[0] ?? {})
  return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name] ?? Number.NaN))]))
}
