import type { Installation } from '../installation.ts'
import { median } from '../measure/median.ts'
import type { Row } from '../measure/row.ts'
import type { Station } from '../station.ts'
import type { Workload } from '../workload.ts'

interface Stopped {
  readonly p50: number
  readonly p99: number
}

export const stop: Workload = {
  name: 'stop',
  about:
    'The operator presses End at one of several machines, all with streams that run, `tcp` and the browser’s: from before the press to the end of each stream of his at the technician’s.',
  async run(bench) {
    const installation = await bench.installation()
    const machines = bench.quick ? 2 : 5
    const each = bench.quick ? { raw: 10, web: 5 } : { raw: 150, web: 50 }
    const live = machines * (each.raw + each.web)
    const stations = new Map<string, Station>()
    for (let index = 1; index <= machines; index += 1) {
      const id = `stop-${index}`
      stations.set(id, await installation.station(id))
    }
    for (const [id, station] of stations) await fill(installation, id, station, each)
    const presses: Stopped[] = []
    const ids = [...stations.keys()]
    for (let press = 0; press <= bench.rounds * machines; press += 1) {
      const id = ids[press % machines] ?? ''
      const station = stations.get(id)
      if (station === undefined) throw new Error('there is no such machine')
      const stopped = await pressEnd(installation, id, station)
      await fill(installation, id, station, each)
      if (press > 0) presses.push(stopped)
    }
    for (const [id, station] of stations) await pressEnd(installation, id, station)
    const row = (figure: keyof Stopped, goal?: Row['goal']): Row => ({
      workload: this.name,
      metric: `press to the end of each stream, ${figure}, ${live} live`,
      unit: 'ms',
      ours: median(presses.map((stopped) => stopped[figure])),
      peer: null,
      theirs: null,
      ratio: null,
      runs: presses.length,
      better: 'lower',
      ...(goal === undefined ? {} : { goal }),
    })
    return [row('p50'), row('p99', { of: 'ours', at: 'most', value: 100 })]
  },
}

async function fill(
  installation: Installation,
  id: string,
  station: Station,
  each: { readonly raw: number; readonly web: number },
): Promise<void> {
  const { technician } = installation
  const session = await station.openSession(technician)
  await installation.hold({ name: id, target: await installation.door(session.id, 'raw'), streams: each.raw })
  await installation.hold({ name: id, target: session.target, streams: each.web })
}

async function pressEnd(installation: Installation, id: string, station: Station): Promise<Stopped> {
  const ends = installation.ends(id)
  const pressedMs = performance.timeOrigin + performance.now()
  const pressed = await station.panel.end('Bench Operator')
  if (!pressed.ok) throw new Error(`the press failed: ${pressed.status} ${await pressed.text()}`)
  const after = (await ends).ends.map(({ lastByteMs, closedMs }) => Math.max(lastByteMs, closedMs) - pressedMs).toSorted((a, b) => a - b)
  const at = (part: number): number => after[Math.min(after.length - 1, Math.floor(after.length * part))] ?? Number.NaN
  return { p50: at(0.5), p99: at(0.99) }
}
