import type { Workload } from '../workload.ts'
import { interleave, type Contestant } from '../measure/interleave.ts'
import type { Row } from '../measure/row.ts'
import { startOpa } from '../peers/opa.ts'
import { startChild } from '../processes/ask-child.ts'
import type { CallFigures } from '../processes/count-calls.ts'

const callers = 16

export const decisions: Workload = {
  name: 'decisions',
  about:
    'Decisions with the shipped policy: new questions, evaluated in the worker, and repeated ones, answered from the cache; against opa as a server.',
  async run(bench) {
    await using engine = startChild(new URL('../processes/decisions-entry.ts', import.meta.url))
    await using opa = await startOpa()
    if (opa !== null) bench.ran('opa run -s', opa.version)
    else bench.missing("opa (neither SALLYPORT_OPA, nor the path, nor the project's cache has it)")
    const measureMs = bench.quick ? 300 : 2_000
    const contestant = (name: string, question: object): Contestant => ({
      name,
      async measure() {
        const { calls, seconds, p50Us } = await engine.ask<CallFigures>(name, { callers, measureMs, ...question })
        return { rate: calls / seconds, p50Us }
      },
    })
    const contestants = [contestant('unlogged', {}), ...(opa === null ? [] : [contestant('opa', { port: opa.port })])]
    const figures = await interleave([...contestants, contestant('logged', {}), contestant('repeated', {})], bench.rounds)
    const row = (metric: string, name: string, figure: 'rate' | 'p50Us', withPeer = true): Row => {
      const ours = figures.get(name)?.[figure] ?? Number.NaN
      const theirs = opa === null || !withPeer ? null : (figures.get('opa')?.[figure] ?? Number.NaN)
      return {
        workload: this.name,
        metric,
        unit: figure === 'rate' ? '1/s' : 'us',
        ours,
        peer: theirs === null ? null : 'opa run -s',
        theirs,
        ratio: theirs === null ? null : ours / theirs,
        runs: bench.rounds,
        better: figure === 'rate' ? 'higher' : 'lower',
      }
    }
    return [
      row(`new questions, ${callers} callers, not logged`, 'unlogged', 'rate'),
      row(`new question p50, ${callers} callers, not logged`, 'unlogged', 'p50Us'),
      row(`new questions, ${callers} callers, durably logged`, 'logged', 'rate', false),
      row('repeated questions, from the cache', 'repeated', 'rate', false),
      row('repeated question p50', 'repeated', 'p50Us', false),
    ]
  },
}
