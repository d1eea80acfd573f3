import type { Attack, Field, Observation } from './attack.ts'
import { withdraw } from './moves.ts'

export interface AttackResult {
  readonly attack: Omit<Attack, 'run'>
  readonly passed: boolean
  readonly observations: readonly Observation[]
  /** Why it could not be carried out to its end, or null. */
  readonly problem: string | null
}

/** One after the other, each on an agent without a session. `onResult`: told as they come. */
export async function runAttacks(
  field: Field,
  attacks: readonly Attack[],
  onResult: (result: AttackResult) => void = () => {},
): Promise<AttackResult[]> {
  const results: AttackResult[] = []
  for (const attack of attacks) {
    const result = await runAttack(field, attack)
    results.push(result)
    onResult(result)
  }
  return results
}

async function runAttack(field: Field, { run, ...attack }: Attack): Promise<AttackResult> {
  const { forbidden } = field.witness.seen()
  let observations: readonly Observation[] = []
  let problem: string | null = null
  try {
    // One that ended over the attack before is what that one has to answer for.
    if (!field.agent.isAlive) await field.restart()
    observations = await run(field)
  } catch (error) {
    problem = textOf(error)
  }
  try {
    await calm(field)
  } catch (error) {
    problem ??= textOf(error)
  }
  const strayed = field.witness.seen().forbidden - forbidden
  const always: Observation[] = [
    { what: field.agent.isAlive ? 'the agent runs on' : 'the agent has ended', held: field.agent.isAlive },
    ...(strayed === 0 ? [] : [{ what: `${strayed} connections came to a port that no configuration names`, held: false }]),
  ]
  const all = [...observations, ...always]
  return { attack, observations: all, problem, passed: problem === null && observations.length > 0 && all.every(({ held }) => held) }
}

/** What one attack left behind must not be what the next one finds. */
async function calm(field: Field): Promise<void> {
  await field.operator.end()
  const { request } = await field.operator.state()
  if (request !== null) await withdraw(field, request.session)
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown')
