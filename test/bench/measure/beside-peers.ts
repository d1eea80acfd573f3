import { median } from './median.ts'
import type { Contestant, Figures } from './interleave.ts'
import type { Goal, Row } from './row.ts'

/** One figure that every contestant gives, and how it is shown. */
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
  /** Told of a peer that failed at its first measurement: it is left out. */
  readonly onMissing: (peer: string) => void
}

/**
 * Ours directly before and after each peer, in turn, so that a machine whose speed drifts moves both; everybody once without counting first. Figures are
 * medians of the rounds, and so is the ratio, of ours' mean through theirs.
 */
export async function besidePeers({ workload, ours, peers: invited, metrics, rounds, onMissing }: BesidePeers): Promise<Row[]> {
  await ours.measure()
  const peers = await thoseThatWork(invited, onMissing)
  const pairs = new Map<string, { readonly ours: Figures; readonly theirs: Figures }[]>(peers.map(({ name }) => [name, []]))
  const alone: Figures[] = []
  for (let round = 0; round < rounds; round += 1) {
    let before = await ours.measure()
    alone.push(before)
    for (const peer of peers) {
      const theirs = await peer.measure()
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
  return metrics.flatMap((metric) => (peers.length === 0 ? [row(metric, null)] : peers.map(({ name }) => row(metric, name))))
}

const mean = (one: Figures, other: Figures): Figures =>
  Object.fromEntries(Object.entries(one).map(([name, value]) => [name, (value + (other[name] ?? Number.NaN)) / 2]))

async function thoseThatWork(peers: readonly Contestant[], onMissing: BesidePeers['onMissing']): Promise<readonly Contestant[]> {
  const working: Contestant[] = []
  for (const peer of peers) {
    try {
      await peer.measure()
      working.push(peer)
    } catch (error) {
      onMissing(`${peer.name} (${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)})`)
    }
  }
  return working
}
