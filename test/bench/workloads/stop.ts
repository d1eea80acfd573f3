import type { Installation } from '../installation.ts'
import { median } from '../measure/median.ts'
import type { Row } from '../measure/row.ts'
import type { Station } from '../station.ts'
import type { Workload } from '../workload.ts'

/** From the press, in ms. */
interface Stopped {
  readonly p50: number
  readonly p99: number
  readonly machineP50: number
  readonly machineP99: number
}

/** Of one machine: bytes of its `tcp` service, answers that do not end, WebSockets. A tunnel carries 256 streams, so it takes several machines. */
interface Streams {
  readonly raw: number
  readonly web: number
  readonly webSocket: number
}

export const stop: Workload = {
  name: 'stop',
  about:
    'The operator presses End at the panel of one of several machines, all with streams that run, `tcp`, the browser’s and its WebSockets: from before the press to the end of each stream of his, at the technician’s and at the machine’s service.',
  async run(bench) {
    const installation = await bench.installation()
    const machines = bench.quick ? 2 : 5
    const each: Streams = bench.quick ? { raw: 10, web: 5, webSocket: 5 } : { raw: 120, web: 50, webSocket: 30 }
    const live = machines * (each.raw + each.web + each.webSocket)
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
      metric: `press to ${ends[figure]}, ${live} live`,
      unit: 'ms',
      ours: median(presses.map((stopped) => stopped[figure])),
      peer: null,
      theirs: null,
      ratio: null,
      runs: presses.length,
      better: 'lower',
      ...(goal === undefined ? {} : { goal }),
    })
    const goal = { of: 'ours', at: 'most', value: 100 } as const
    return [row('p50'), row('p99', goal), row('machineP50'), row('machineP99', goal)]
  },
}

const ends: Readonly<Record<keyof Stopped, string>> = {
  p50: 'the end of each stream, p50',
  p99: 'the end of each stream, p99',
  machineP50: 'its end at the machine, p50',
  machineP99: 'its end at the machine, p99',
}

async function fill(installation: Installation, id: string, station: Station, each: Streams): Promise<void> {
  const { technician } = installation
  const session = await station.openSession(technician)
  await installation.hold({ name: id, target: await installation.door(session.id, 'raw'), streams: each.raw })
  await installation.hold({ name: id, target: session.target, streams: each.web })
  await installation.hold({ name: id, target: session.target, streams: each.webSocket, webSocket: true })
}

async function pressEnd(installation: Installation, id: string, station: Station): Promise<Stopped> {
  const technicians = installation.ends(id)
  const machines = installation.endsAtMachine(id)
  const pressedMs = performance.timeOrigin + performance.now()
  const pressed = await station.panel.end('Bench Operator')
  if (!pressed.ok) throw new Error(`the press failed: ${pressed.status} ${await pressed.text()}`)
  const [p50, p99] = after(
    pressedMs,
    (await technicians).ends.map(({ lastByteMs, closedMs }) => Math.max(lastByteMs, closedMs)),
  )
  const [machineP50, machineP99] = after(pressedMs, await machines)
  return { p50, p99, machineP50, machineP99 }
}

function after(pressedMs: number, endsMs: readonly number[]): readonly [number, number] {
  const sorted = endsMs.map((at) => at - pressedMs).toSorted((a, b) => a - b)
  const at = (part: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN
  return [at(0.5), at(0.99)]
}
