import type { Benchmark } from '../benchmark.ts'
import { interleave, type Contestant, type Figures } from '../measure/interleave.ts'
import { withCpu } from '../measure/process-usage.ts'
import type { Row } from '../measure/row.ts'
import type { Target } from '../processes/request-load.ts'

const connections = 32

/** 1 KB answers over kept connections: cookie, policy, proxy, tunnel and agent, against nginx, the raw relay and the machine itself. */
export const smallRequests: Benchmark = {
  name: 'small-requests',
  async run(bench) {
    const installation = await bench.installation()
    const peers = await bench.peers()
    const measureMs = bench.quick ? 400 : 3_000
    const contestant = (name: string, target: Target, pids: Readonly<Record<string, readonly number[]>>): Contestant => ({
      name,
      async measure(): Promise<Figures> {
        const groups = Object.entries(pids)
        const run = (): ReturnType<typeof installation.requests> =>
          installation.requests({ target, path: '/small', connections, measureMs })
        const { result, cpu } = await withCpu(
          groups.flatMap(([, members]) => members),
          run,
        )
        const { requests, seconds, p50Ms, p99Ms } = result
        const used = cpu.values()
        const each = groups.map(([group, members]) => [
          group,
          (members.reduce((sum) => sum + (used.next().value ?? 0), 0) / requests) * 1e6,
        ])
        return { rate: requests / seconds, p50Ms, p99Ms, ...Object.fromEntries(each) }
      },
    })
    const contestants = [
      contestant('session', installation.session, { gateway: [installation.gatewayPid], agent: [installation.agentPid] }),
      contestant('Node http itself', installation.direct, {}),
      contestant(peers.tlsRelay.name, peers.tlsRelay.target, { proxy: peers.tlsRelay.pids.slice(0, 1) }),
      ...(peers.nginx === null ? [] : [contestant(peers.nginx.name, peers.nginx.target, { proxy: peers.nginx.pids })]),
    ]
    const figures = await interleave(contestants, bench.rounds)
    const ours = figures.get('session') ?? {}
    const row = (what: string, figure: string, better: Row['better'], peer?: string, theirs = figure): Row => ({
      benchmark: this.name,
      what,
      ours: ours[figure] ?? Number.NaN,
      peer: peer === undefined ? null : { name: peer, value: figures.get(peer)?.[theirs] ?? Number.NaN },
      better,
    })
    const names = contestants.slice(1).map(({ name }) => name)
    return [
      ...names.map((name) => row(`requests/s, ${connections} at once`, 'rate', 'higher', name)),
      ...names.map((name) => row('p50, ms', 'p50Ms', 'lower', name)),
      ...names.map((name) => row('p99, ms', 'p99Ms', 'lower', name)),
      ...names.slice(1).map((name) => row('gateway CPU, us a request', 'gateway', 'lower', name, 'proxy')),
      row('agent CPU, us a request', 'agent', 'lower'),
    ]
  },
}
