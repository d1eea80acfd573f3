import { writeFile } from 'node:fs/promises'
import { bulkThroughSession } from './benchmarks/bulk-through-session.ts'
import { bulkThroughStream } from './benchmarks/bulk-through-stream.ts'
import { decisions } from './benchmarks/decisions.ts'
import { handshakes } from './benchmarks/handshakes.ts'
import { idleTunnels } from './benchmarks/idle-tunnels.ts'
import { smallRequests } from './benchmarks/small-requests.ts'
import { terminatedOrBytes } from './benchmarks/terminated-or-bytes.ts'
import type { Bench, Benchmark } from './benchmark.ts'
import { startInstallation, type Installation } from './installation.ts'
import { machineNote } from './measure/machine-note.ts'
import { tableOf } from './measure/print-table.ts'
import { ratioOf, type Row } from './measure/row.ts'
import { startNginx } from './peers/nginx.ts'
import type { Peers } from './peers/peers.ts'
import { startTlsRelay } from './peers/tls-relay.ts'
import { readOptions, usage, type BenchOptions } from './read-options.ts'

const benchmarks: readonly Benchmark[] = [
  bulkThroughSession,
  bulkThroughStream,
  smallRequests,
  terminatedOrBytes,
  decisions,
  handshakes,
  idleTunnels,
]

async function runBench(options: BenchOptions): Promise<void> {
  await using parts = new AsyncDisposableStack()
  const missingPeers: string[] = []
  let installation: Promise<Installation> | undefined
  let peers: Promise<Peers> | undefined
  const bench: Bench = {
    quick: options.quick,
    rounds: 3,
    installation: () => (installation ??= startInstallation(options).then((started) => parts.use(started))),
    peers: () => (peers ??= bench.installation().then(({ machinePort }) => startPeers(parts, bench, machinePort))),
    missing: (peer) => missingPeers.push(peer),
  }
  const rows: Row[] = []
  for (const benchmark of benchmarks) {
    if (options.only.length > 0 && !options.only.includes(benchmark.name)) continue
    process.stderr.write(`${benchmark.name} ...\n`)
    rows.push(...(await benchmark.run(bench)))
  }
  const note = machineNote()
  console.log(`\n${note}${options.quick ? '\nQuick: the figures show that it runs, not how fast.' : ''}\n\n${tableOf(rows)}\n`)
  for (const remark of remarks) console.log(remark)
  for (const missing of missingPeers) console.log(`Missing peer: ${missing}.`)
  if (options.jsonFile !== null) {
    const report = { note, quick: options.quick, rows: rows.map((row) => ({ ...row, ratio: ratioOf(row) })) }
    await writeFile(options.jsonFile, `${JSON.stringify(report, null, 2)}\n`)
  }
}

const remarks = [
  'Medians of 3 runs, ours and peers in turn within one run of this program. Figures move with the machine; ratios count.',
  'Streams of tcp services are opened inside the gateway process, through the same policy, tunnel and agent, without the WebSocket of the command line.',
  'Peers that this program does not run: frp, rathole, ssh -R, haproxy, stunnel, caddy.',
]

async function startPeers(parts: AsyncDisposableStack, bench: Bench, machinePort: number): Promise<Peers> {
  const tlsRelay = parts.use(await startTlsRelay(machinePort))
  const nginx = parts.use(await startNginx(machinePort))
  if (nginx === null) bench.missing('nginx (not on the path)')
  return { tlsRelay, nginx }
}

try {
  await runBench(
    readOptions(
      process.argv.slice(2),
      benchmarks.map(({ name }) => name),
    ),
  )
} catch (error) {
  process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n\n${usage}`)
  process.exitCode = 1
}
