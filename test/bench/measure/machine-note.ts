import { availableParallelism, cpus, loadavg } from 'node:os'

/** On what it ran: figures of two machines, or of a busy one, are not compared. */
export function machineNote(): string {
  const model = cpus()[0]?.model.trim() ?? 'unknown processor'
  const load = loadavg()[0]?.toFixed(1) ?? '?'
  return `${availableParallelism()} x ${model}, Node ${process.version}, ${process.platform}, load ${load}`
}
