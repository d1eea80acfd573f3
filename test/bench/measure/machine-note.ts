import { availableParallelism, cpus, loadavg, release } from 'node:os'

/** On what it ran: figures of two machines, or of a busy one, are not compared. */
export interface MachineNote {
  readonly summary: string
  readonly processors: number
  readonly model: string
  readonly kernel: string
  readonly node: string
  /** Of the last minute, when it began to print. */
  readonly load: number
}

export function machineNote(): MachineNote {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  const load = Math.round((loadavg()[0] ?? Number.NaN) * 10) / 10
  const [processors, kernel, node] = [availableParallelism(), `${process.platform} ${release()}`, process.version]
  return { summary: `${processors} x ${model}, Node ${node}, ${kernel}, load ${load}`, processors, model, kernel, node, load }
}
