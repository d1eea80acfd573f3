import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** What happens at a commit. `full`: as on a full disk, and a moment later there is room again. */
export const faults = ['fail', 'kill-before', 'kill-after', 'full', 'slow'] as const
export type Fault = (typeof faults)[number]

/** At the `after[0]`th commit from now on something happens, then at the `after[1]`th from there, and so on. */
export interface Plan {
  /** Of this plan alone. */
  readonly run: string
  readonly fault: Fault
  readonly after: readonly number[]
  /** Counts only commits with this in their name. */
  readonly where?: string
}

const emptyPlan: Plan = { run: 'none', fault: 'fail', after: [] }

/** The test's side: one folder for each program, which outlives it. */
export class Failpoints {
  readonly #folder: string
  #run = emptyPlan.run

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    this.#folder = folder
    this.plan(emptyPlan)
  }

  plan(plan: Plan): void {
    this.#run = plan.run
    writeFileSync(firedFile(this.#folder, plan.run), '')
    writeFileSync(join(this.#folder, 'commits'), '')
    // The program reads it at any moment: the one plan or the other, and what fired of it.
    writeFileSync(join(this.#folder, 'plan.json.new'), JSON.stringify(plan))
    renameSync(join(this.#folder, 'plan.json.new'), join(this.#folder, 'plan.json'))
  }

  disarm(): void {
    this.plan(emptyPlan)
  }

  /** What was committed since the plan was made, in order. */
  commits(): readonly string[] {
    return linesOf(join(this.#folder, 'commits'))
  }

  /** The commits at which it happened. */
  fired(): readonly string[] {
    return linesOf(firedFile(this.#folder, this.#run))
  }
}

/** Of a plan alone: clearing that of the next one must not begin the one before anew. */
const firedFile = (folder: string, run: string): string => join(folder, `fired of ${run.replaceAll(/[^\w-]/gu, '_')}`)

const linesOf = (file: string): string[] =>
  existsSync(file)
    ? readFileSync(file, 'utf8')
        .split('\n')
        .filter((line) => line !== '')
    : []

/** The program's side: called at each commit with its name; says what is to happen there. */
export function failpointsIn(folder: string): (commit: string) => Fault | null {
  mkdirSync(folder, { recursive: true })
  let run: string | undefined
  let count = 0
  return (commit) => {
    appendFileSync(join(folder, 'commits'), `${commit}\n`)
    const plan = existsSync(join(folder, 'plan.json')) ? (JSON.parse(readFileSync(join(folder, 'plan.json'), 'utf8')) as Plan) : emptyPlan
    if (plan.run !== run) count = 0
    run = plan.run
    if (plan.where !== undefined && !commit.includes(plan.where)) return null
    count += 1
    if (count !== plan.after[linesOf(firedFile(folder, plan.run)).length]) return null
    count = 0
    appendFileSync(firedFile(folder, plan.run), `${commit}\n`)
    return plan.fault
  }
}

/** A power cut of this program alone: nothing of it runs any more when this returns, so it never does. */
export function killMyself(): never {
  process.kill(process.pid, 'SIGKILL')
  for (;;);
}
