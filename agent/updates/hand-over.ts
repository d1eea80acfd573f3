import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { Clock } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { Random } from '../basics/random.ts'
import { compareVersions } from './compare-versions.ts'
import type { UpdateTrust } from './pinned-keys.ts'
import { runTrial } from './run-trial.ts'
import type { TriedEnd, TriedProgram } from './run-trial.ts'
import { checkStored, dropOthers, isOurs, programFile } from './version-store.ts'
import { readVersions, writeVersions } from './versions-record.ts'
import type { Outcome, Trial, VersionsRecord } from './versions-record.ts'

export interface HandOverOptions {
  readonly stateDir: string
  readonly trust: UpdateTrust
  /** Of the launcher: of this program. */
  readonly version: string
  readonly clock: Clock
  readonly random: Random
  readonly logger: Logger
  /** Starts a program as a trial. */
  readonly start: (file: string) => TriedProgram
  readonly stopped: Promise<'SIGTERM' | 'SIGINT'>
  /** Whether a program starts at all: what its `--version` says, or null. */
  readonly saysVersion: (file: string) => Promise<string | null>
}

/** What the launcher does next. */
export type HandOver =
  /** Nothing newer is to be run. */
  | { readonly kind: 'self' }
  /** Become this program. */
  | { readonly kind: 'become'; readonly file: string }
  /** It ran beside us and has ended with this. */
  | { readonly kind: 'exit'; readonly end: TriedEnd }

/** Exit code of a trial: it has reached the gateway, nobody is in the machine, become it. */
export const goOnCode = 75
/** A power cut is not the version's fault; a version that brings the machine down would be tried for ever. */
const mostBeginnings = 2

/** Decides which version of the agent runs here, and tries the one that is to be tried. Whatever lies in the state directory, there is an answer. */
export async function handOver(options: HandOverOptions): Promise<HandOver> {
  const { stateDir, logger } = options
  const before = await readVersions(stateDir)
  if (before.current === null && before.trial === null) return { kind: 'self' }
  if (!(await isOurs(stateDir))) {
    logger.warn({ state_dir: stateDir }, 'another user owns the versions in the state directory: the installed program runs')
    return { kind: 'self' }
  }
  for (;;) {
    const record = await readVersions(stateDir)
    if (record.trial === null) return chosen(options, record)
    const over = await tryVersion(options, record, record.trial)
    if (over !== null) return over
  }
}

/** Null: look at the record again. */
async function tryVersion(options: HandOverOptions, record: VersionsRecord, trial: Trial): Promise<HandOver | null> {
  const { stateDir, trust, logger } = options
  const { program, version, withinS } = trial
  const back = async (reason: string): Promise<null> => {
    logger.warn({ version, reason }, 'the update was taken back: the version before it runs')
    await settle(options, { ...record, trial: null, outcome: outcome(options, trial, 'rolled_back', reason) })
    return null
  }
  if (trial.begun >= mostBeginnings) return back('interrupted')
  try {
    await checkStored(stateDir, program, trust)
  } catch (error) {
    return back(errorCode(error))
  }
  await writeVersions(stateDir, { ...record, trial: { ...trial, begun: trial.begun + 1 } })
  logger.info({ version, within_s: withinS }, 'a new version is tried')
  const result = await runTrial({
    ...options,
    withinS,
    start: () => options.start(programFile(stateDir, program)),
    onReached: async () => {
      logger.info({ version }, 'the new version has reached the gateway')
      const floor = record.floor !== null && compareVersions(record.floor, version) > 0 ? record.floor : version
      const { current: previous } = record
      await settle(options, {
        ...record,
        current: program,
        previous,
        trial: null,
        floor,
        outcome: outcome(options, trial, 'installed', null),
      })
    },
  })
  if (result.kind === 'failed') return back(result.reason)
  if (result.kind === 'reached' && result.end.code === goOnCode) return null
  return { kind: 'exit', end: result.end }
}

function outcome({ random, clock }: HandOverOptions, { version, from, by }: Trial, what: Outcome['what'], reason: string | null): Outcome {
  return { id: random.hex(8), what, version, from, reason, by, atMs: clock.nowMs() }
}

async function settle({ stateDir, logger }: HandOverOptions, record: VersionsRecord): Promise<void> {
  await writeVersions(stateDir, record)
  // Only costs space.
  await dropOthers(stateDir, record).catch((error: unknown) => logger.warn({ error }, 'old versions could not be removed'))
}

async function chosen(options: HandOverOptions, record: VersionsRecord): Promise<HandOver> {
  const { stateDir, logger } = options
  for (const [at, program] of [record.current, record.previous].entries()) {
    if (program === null) break
    try {
      const { version } = await checkStored(stateDir, program, options.trust)
      // The package of this program was installed anew: what is newer runs.
      if (compareVersions(options.version, version) >= 0) break
      if ((await options.saysVersion(programFile(stateDir, program))) !== version)
        throw new AgentError({ code: 'does_not_start', message: 'It does not say its version.' })
      if (at > 0) await settle(options, fallenBack(options, record, program, version))
      return { kind: 'become', file: programFile(stateDir, program) }
    } catch (error) {
      logger.error({ program, reason: errorCode(error), error }, 'a version of the agent cannot be run: the one before it is taken')
    }
  }
  if (record.current !== null) await settle(options, fallenBack(options, record, null, options.version))
  return { kind: 'self' }
}

/** The version that had worked is gone, so people have to know. `floor` keeps its name. */
function fallenBack({ random, clock }: HandOverOptions, record: VersionsRecord, current: string | null, version: string): VersionsRecord {
  const lost = record.floor ?? version
  const isNewer = compareVersions(version, lost) >= 0
  const what = {
    id: random.hex(8),
    what: 'rolled_back' as const,
    version: lost,
    from: version,
    reason: 'cannot_run',
    by: null,
    atMs: clock.nowMs(),
  }
  return { ...record, current, previous: null, outcome: isNewer ? record.outcome : what }
}
