// `npm run fuzz -- [TARGET | all] [seconds] [seed]`: mutates inputs of one target, or of all, steered by the branches that they reach.
// Corpora are kept under corpora/; a finding is made small, kept there as crash-..., and ends the run with exit code 1.
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { keepCrash, keepInputs, keptInputs } from './corpus.ts'
import { countBranches } from './count-branches.ts'
import { fuzz } from './fuzz.ts'
import { loadTarget } from './load-target.ts'
import { targetNames } from './targets.ts'

const say = (line: string): void => void process.stdout.write(`${line}\n`)
const [name = '', seconds = '60', seed = String(Date.now() % 2 ** 31)] = process.argv.slice(2)
if (name === 'all') process.exitCode = fuzzAll()
else if (!(targetNames as readonly string[]).includes(name) || !(Number(seconds) > 0) || !Number.isInteger(Number(seed))) {
  say(`usage: npm run fuzz -- TARGET|all [seconds] [seed]\ntargets: ${targetNames.join(', ')}`)
  process.exitCode = 2
} else process.exitCode = await fuzzOne()

/** Each in a process of its own: what is counted must be loaded anew. */
function fuzzAll(): number {
  const file = fileURLToPath(import.meta.url)
  const codes = targetNames.map((target) => {
    const args = ['--disable-warning=ExperimentalWarning', file, target, seconds, seed]
    return spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1
  })
  return codes.every((code) => code === 0) ? 0 : 1
}

async function fuzzOne(): Promise<number> {
  const root = fileURLToPath(new URL('../../..', import.meta.url))
  const counted = countBranches(new Set(await coveredFiles(root)))
  const target = await loadTarget(name)
  const start = [...target.seeds.map((bytes) => Buffer.from(bytes as Uint8Array)), ...keptInputs(name).map(({ bytes }) => bytes)]
  const result = fuzz({ target, branches: counted.branches, start, seed: Number(seed), untilMs: Number(seconds) * 1000 })
  const rate = Math.round(result.executions / result.seconds)
  const reach = `${result.reached} of ${counted.branches} branches`
  say(`${name}: ${result.executions} executions, ${rate} a second, ${reach}, corpus of ${result.corpus.length}, seed ${seed}`)
  if (result.finding === undefined) {
    if (process.env['FUZZ_KEEP'] !== 'no') keepInputs(name, result.corpus)
    return 0
  }
  say(`${name}: FOUND ${String(result.finding.error)}; kept as ${keepCrash(name, result.finding.bytes)}`)
  return 1
}

/** Which files to count must be known before they are loaded: the target itself says it, so it is asked in another process. */
async function coveredFiles(root: string): Promise<string[]> {
  const code = `import(${JSON.stringify(new URL('load-target.ts', import.meta.url).href)}).then((m) => m.loadTarget(${JSON.stringify(name)})).then((t) => console.log(JSON.stringify(t.covers)))`
  const { stdout } = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', '-e', code], { encoding: 'utf8' })
  return (JSON.parse(stdout) as string[]).map((file) => root + file)
}
