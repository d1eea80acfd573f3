import { startInstallation, type Installation } from './installation.ts'
import { machineNote } from './measure/machine-note.ts'
import { tableOf } from './measure/print-table.ts'
import { peerStarts, type Peer, type PeerName } from './peers/peers.ts'
import { readOptions, usage, type BenchOptions } from './read-options.ts'
import { keepFlames } from './report/keep-flames.ts'
import { keepResult } from './report/kept-results.ts'
import { writePage } from './report/write-page.ts'
import type { Bench } from './workload.ts'
import { workloads } from './workloads/workloads.ts'

async function runBench(options: BenchOptions): Promise<void> {
  await using parts = new AsyncDisposableStack()
  // Inherited by whatever is started.
  if (options.profileDir !== null) process.env['NODE_OPTIONS'] = `--cpu-prof --cpu-prof-dir=${options.profileDir} --cpu-prof-interval=500`
  const missing = new Set<string>()
  const versions = new Map<string, string>()
  let installation: Promise<Installation> | undefined
  const started = new Map<PeerName, Promise<Peer | null>>()
  const bench: Bench = {
    quick: options.quick,
    rounds: 3,
    installation: () => (installation ??= startInstallation().then((running) => parts.use(running))),
    async peers(...names) {
      const { machinePort } = await bench.installation()
      const running: Peer[] = []
      for (const name of names) {
        const starting = started.get(name) ?? startPeer(parts, name, machinePort, bench)
        started.set(name, starting)
        const peer = await starting
        if (peer === null) continue
        running.push(peer)
        if (peer.version !== null) bench.ran(peer.name, peer.version)
      }
      return running
    },
    ran: (peer, version) => void versions.set(peer, version),
    missing: (peer) => void missing.add(peer),
  }
  const chosen = workloads.filter(({ name, onlyWhenNamed }) =>
    options.only.length === 0 ? onlyWhenNamed !== true : options.only.includes(name),
  )
  const all = []
  for (const workload of chosen) {
    process.stderr.write(`${workload.name} ...\n`)
    const rows = await workload.run(bench)
    all.push(...rows)
    const beside = new Set(rows.map(({ peer }) => peer))
    const peers = Object.fromEntries([...versions].filter(([name]) => beside.has(name)))
    if (options.keep) await keepResult({ workload: workload.name, machine: machineNote(), peers, missing: [...missing], rows })
  }
  for (const peer of missing) process.stderr.write(`Missing peer: ${peer}.\n`)
  if (options.json) return void process.stdout.write(`${JSON.stringify(all, null, 2)}\n`)
  const { summary } = machineNote()
  console.log(`\n${summary}${options.quick ? '\nQuick: the figures show that it runs, not how fast.' : ''}\n\n${tableOf(all)}\n`)
  console.log(
    'Medians of 3 runs, ours directly before and after each peer within one run of this program. Ratios count, figures move with the machine.',
  )
  for (const peer of missing) console.log(`Missing peer: ${peer}.`)
}

async function startPeer(parts: AsyncDisposableStack, name: PeerName, machinePort: number, bench: Bench): Promise<Peer | null> {
  try {
    return parts.use(await peerStarts[name](machinePort))
  } catch (error) {
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
    // What is kept names no folder of this machine.
    bench.missing(`${name} (${why.slice(0, 160).replaceAll(/(?:\/[\w.-]+){2,}/g, '...')})`)
    return null
  }
}

try {
  const options = readOptions(
    process.argv.slice(2),
    workloads.map(({ name }) => name),
  )
  if (options.page) await writePage()
  else if (options.flame) await keepFlames(options.only[0] ?? '', (profileDir) => runBench({ ...options, profileDir }))
  else await runBench(options)
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n\n${usage}`)
  process.exitCode = 1
}
