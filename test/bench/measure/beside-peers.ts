import { median } from './median.ts'
import type { Contestant, Figures } from './interleave.ts'
import type { Goal, Row } from './row.ts'

/** One figure that we give, and how it is shown; a peer that does not give it has no row of it, and what no peer gives is a row of ours alone. */
export interface Metric {
  readonly figure: string
  readonly metric: string
  readonly unit: string
  readonly better: Row['better']
  /** Of the row beside this peer; null: of our figure alone. */
  readonly goal?: (peer: string | null) => Goal | undefined
}

export interface BesidePeers {
  readonly workload: string
  readonly ours: Contestant
  readonly peers: readonly Contestant[]
  readonly metrics: readonly Metric[]
  readonly rounds: number
  /** Told of a peer that failed: it is left out from then on, and has no rows. */
  readonly onMissing: (peer: string) => void
}

/**
 * Ours directly before and after each peer, in turn, so that a machine whose speed drifts moves both; everybody once without counting first. Figures are
 * medians of the rounds, and so is the ratio, of ours' mean through theirs.
 */
export async function besidePeers({ workload, ours, peers: invited, metrics, rounds, onMissing }: BesidePeers): Promise<Row[]> {
  const pairs = new Map<string, { readonly ours: Figures; readonly theirs: Figures }[]>()
  const attempt = async (peer: Contestant): Promise<Figures | null> => {
    try {
      return await peer.measure()
    } catch (error) {
      pairs.delete(peer.name)
      onMissing(`${peer.name} (${firstLine(error)})`)
      return null
    }
  }
  await ours.measure()
  for (const peer of invited) if ((await attempt(peer)) !== null) pairs.set(peer.name, [])
  const alone: Figures[] = []
  for (let round = 0; round < rounds; round += 1) {
    let before = await ours.measure()
    alone.push(before)
    for (const peer of invited.filter(({ name }) => pairs.has(name))) {
      const theirs = await attempt(peer)
      if (theirs === null) continue
      const after = await ours.measure()
      pairs.get(peer.name)?.push({ ours: mean(before, after), theirs })
      before = after
    }
  }
  const row = ({ figure, metric, unit, better, goal: goalBeside }: Metric, name: string | null): Row => {
    const runs = name === null ? [] : (pairs.get(name) ?? [])
    const of = (side: 'ours' | 'theirs'): number[] => runs.map((run) => run[side][figure] ?? Number.NaN)
    const goal = goalBeside?.(name)
    return {
      workload,
      metric,
      unit,
      ours: median(name === null ? alone.map((run) => run[figure] ?? Number.NaN) : of('ours')),
      peer: name,
      theirs: name === null ? null : median(of('theirs')),
      ratio: name === null ? null : median(runs.map((run) => (run.ours[figure] ?? Number.NaN) / (run.theirs[figure] ?? Number.NaN))),
      runs: rounds,
      better,
      ...(goal === undefined ? {} : { goal }),
    }
  }
  const names = pairs.size === 0 ? [null] : pairs.keys().toArray()
  const gives = (name: string | null, { figure }: Metric): boolean =>
    name === null || (pairs.get(name) ?? []).every(({ theirs }) => figure in theirs)
  return metrics.flatMap((metric) => {
    const beside = names.filter((name) => gives(name, metric))
    return beside.length === 0 ? [row(metric, null)] : beside.map((name) => row(metric, name))
  })
}

const mean = (one: Figures, other: Figures): Figures =>
  Object.fromEntries(Object.entries(one).map(([name, value]) => [name, (value + (other[name] ?? Number.NaN)) / 2]))

const firstLine = (error: unknown): string => (error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error))
