import type { Workload } from '../workload.ts'
import { besidePeers, type Metric } from '../measure/beside-peers.ts'
import type { Contestant } from '../measure/interleave.ts'
import type { Goal, Row } from '../measure/row.ts'
import { startOpa } from '../peers/opa.ts'
import { startChild } from '../processes/ask-child.ts'
import type { CallFigures } from '../processes/count-calls.ts'
import type { EngineCase } from '../processes/decisions-entry.ts'

const callers = 16

export const decisions: Workload = {
  name: 'decisions',
  about:
    'Decisions with the shipped policy: its Wasm alone, in the asking thread; new questions, evaluated in the worker; repeated ones, answered from the cache. Beside it `opa run -s` over HTTP with the same policy, and Cedar in Wasm with what the rules about using a service say, for scale: it answers yes or no, without reasons, limits and an end.',
  async run(bench) {
    await using engine = startChild(new URL('../processes/decisions-entry.ts', import.meta.url))
    await using opa = await startOpa()
    if (opa !== null) bench.ran('opa run -s', opa.version)
    else bench.missing("opa (neither SALLYPORT_OPA, nor the path, nor the project's cache has it)")
    const measureMs = bench.quick ? 300 : 2_000
    const asking = (
      what: string,
      question: { readonly callers: number; readonly kind?: EngineCase; readonly port?: number },
      name = 'ours',
    ): Contestant => ({
      name,
      async measure() {
        const { calls, seconds, p50Us } = await engine.ask<CallFigures>(what, { measureMs, ...question })
        return { rate: calls / seconds, p50Us }
      },
    })
    const { version: cedarVersion } = await engine.ask<{ version: string }>('cedarVersion')
    bench.ran('cedar-wasm', cedarVersion)
    const cedar = asking('cedar', { callers: 1 }, 'cedar-wasm')
    const opaAsked = (by: number): Contestant[] => (opa === null ? [] : [asking('opa', { callers: by, port: opa.port }, 'opa run -s')])
    const rows = (ours: Contestant, peers: readonly Contestant[], metrics: readonly Metric[]): Promise<Row[]> =>
      besidePeers({ workload: this.name, ours, peers, metrics, rounds: bench.rounds, onMissing: bench.missing })
    const wasm = (kind: EngineCase): Contestant => asking('engine', { callers: 1, kind })
    return [
      ...(await rows(wasm('small'), [], [p50('Wasm alone', { of: 'ours', at: 'most', value: 10 })])),
      ...(await rows(wasm('data'), [], [p50("Wasm alone, 500 entries in the policy's data", { of: 'ours', at: 'most', value: 50 })])),
      ...(await rows(wasm('question'), [], [p50('Wasm alone, 500 trainings in the question (32 KB)')])),
      ...(opa === null
        ? []
        : await rows(wasm('small'), opaAsked(1), [
            p50('Wasm alone, one caller', { of: 'ratio', at: 'most', value: 1 / 20 }),
            rate('Wasm alone, one caller'),
          ])),
      ...(await rows(
        wasm('small'),
        [cedar],
        [p50('Wasm alone, one caller, its answer yes or no in Cedar'), rate('Wasm alone, one caller, in Cedar')],
      )),
      ...(await rows(asking('unlogged', { callers: 1 }), opaAsked(1), [p50('new question through the worker, one caller, not logged')])),
      ...(await rows(asking('unlogged', { callers }), opaAsked(callers), [
        rate(`new questions, ${callers} callers, not logged`),
        p50(`new question, ${callers} callers, not logged`),
      ])),
      ...(await rows(asking('logged', { callers }), [], [rate(`new questions, ${callers} callers, durably logged`)])),
      ...(await rows(
        asking('repeated', { callers: 1 }),
        [],
        [rate('repeated questions, from the cache'), p50('repeated question, from the cache', { of: 'ours', at: 'most', value: 3 })],
      )),
    ]
  },
}

const rate = (metric: string): Metric => ({ figure: 'rate', metric, unit: '1/s', better: 'higher' })

const p50 = (metric: string, goal?: Goal): Metric => ({
  figure: 'p50Us',
  metric: `${metric}: p50`,
  unit: 'us',
  better: 'lower',
  ...(goal === undefined ? {} : { goal: () => goal }),
})
