import { appendFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
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

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    this.#folder = folder
    this.plan(emptyPlan)
  }

  plan(plan: Plan): void {
    writeFileSync(join(this.#folder, 'fired'), '')
    writeFileSync(join(this.#folder, 'commits'), '')
    writeFileSync(join(this.#folder, 'plan.json'), JSON.stringify(plan))
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
    return linesOf(join(this.#folder, 'fired'))
  }
}

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
    if (count !== plan.after[linesOf(join(folder, 'fired')).length]) return null
    count = 0
    appendFileSync(join(folder, 'fired'), `${commit}\n`)
    return plan.fault
  }
}

/** A power cut of this program alone: nothing of it runs any more when this returns, so it never does. */
export function killMyself(): never {
  process.kill(process.pid, 'SIGKILL')
  for (;;);
}
