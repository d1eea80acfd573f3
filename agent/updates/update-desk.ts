import { stat } from 'node:fs/promises'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { Clock, Timer } from '../basics/clock.ts'
import type { Logger } from '../basics/logger.ts'
import type { DurableRecords } from '../approvals/durable-records.ts'
import type { OperatorList } from '../operators/operator-list.ts'
import type { IdentifiedOperator } from '../operators/operator.ts'
import type { PanelUpdateOffer, PanelUpdateOutcome, PanelUpdates } from '../panel/panel-api-update.ts'
import type { ActName, ActStore } from '../state/act-store.ts'
import type { AgentEventBody } from '../state/event-store.ts'
import type { UpdateStore } from '../state/update-store.ts'
import { dropPackage, installPackage, verifyPackage } from './install-package.ts'
import type { Offered } from './install-package.ts'
import type { UpdateTrust } from './pinned-keys.ts'
import { offeredFile, readVersions } from './versions-record.ts'

/** What people at the machine decide about newer versions of this agent. */
export interface UpdateDesk {
  readonly state: PanelUpdates
  /** @throws AgentError `no_update`, `may_not_loosen`, `not_durable` */
  agree(sha256: string, by: IdentifiedOperator): void
  /** Takes the package away. @throws AgentError `no_update`, `unknown_operator` */
  decline(sha256: string, by: string): void
  close(): void
}

export interface UpdateDeskOptions {
  readonly stateDir: string
  readonly trust: UpdateTrust | null
  /** Nothing is taken now. */
  readonly frozen: boolean
  /** That runs. */
  readonly version: string
  readonly consent: 'ask' | 'standing'
  /** Seconds that a new version has to reach the gateway. */
  readonly withinS: number
  readonly clock: Clock
  readonly logger: Logger
  readonly operators: OperatorList
  readonly acts: ActStore
  readonly updates: UpdateStore
  readonly records: DurableRecords
  readonly event: (body: AgentEventBody) => void
  /** What an update waits for now. */
  readonly waits: () => PanelUpdateOffer['waits']
  readonly onChange: () => void
  /** Ends this process in favour of the launcher, which tries the new version. */
  readonly restart: () => void
}

type What = (AgentEventBody & { readonly type: 'update.changed' })['what']
type Agreement = { readonly by: string | null }

const lookEveryMs = 2_000

export function createUpdateDesk(options: UpdateDeskOptions): UpdateDesk {
  const { stateDir, trust, version, clock, logger } = options
  let offer: Offered | null = null
  let agreed: Agreement | null = null
  let installing = false
  let last: PanelUpdateOutcome | null = null
  let seen: string | null = null
  let closed = false
  let timer: Timer | undefined

  const tell = (
    what: What,
    of: { readonly version: string; readonly from: string },
    { reason = null, by = null }: { reason?: string | null; by?: string | null },
  ): void => {
    const act: ActName = `update_${what}`
    options.acts.put({ atMs: clock.nowMs(), act, service: of.version, by: by ?? '' })
    options.event({ type: 'update.changed', what, version: of.version, from: of.from, reason, by })
  }
  const reject = async (error: unknown, of: string): Promise<void> => {
    const reason = errorCode(error)
    logger.warn({ reason, error }, 'an update was not taken')
    offer = null
    agreed = null
    last = { what: 'rejected', version: of, from: version, reason, at: clock.nowMs() }
    options.records.record(() => tell('rejected', { version: of, from: version }, { reason }))
    await dropPackage(stateDir)
    seen = null
    options.onChange()
  }

  const takeIn = async (keys: UpdateTrust): Promise<void> => {
    try {
      const { floor } = await readVersions(stateDir)
      offer = await verifyPackage(offeredFile(stateDir), { trust: keys, running: version, floor, nowMs: clock.nowMs() })
    } catch (error) {
      return reject(error, '?')
    }
    const { release, signers } = offer
    const by = signers.join(', ')
    if (options.updates.told('offered') !== release.sha256)
      options.records.record(() => {
        options.updates.tell('offered', release.sha256)
        options.acts.put({ atMs: clock.nowMs(), act: 'update_offered', service: release.version, by })
        options.event({ type: 'update.changed', what: 'offered', version: release.version, from: version, reason: null, by: null })
      })
    logger.info({ version: release.version, signers }, 'an update is offered')
    if (options.consent === 'standing') agreed = { by: null }
    options.onChange()
  }

  const install = async (of: Offered, { by }: Agreement): Promise<void> => {
    installing = true
    options.onChange()
    try {
      const tried = await installPackage(of, {
        stateDir,
        trust: trust!,
        from: version,
        by,
        withinS: options.withinS,
        isFree: () => !closed && options.waits() === null,
      })
      if (!tried) return
      logger.info({ version: of.release.version, by }, 'the agent ends in favour of a new version')
      closed = true
      options.restart()
    } catch (error) {
      await reject(error, of.release.version)
    } finally {
      installing = false
      options.onChange()
    }
  }

  const look = async (): Promise<void> => {
    options.records.flush()
    if (closed || options.frozen) return
    if (trust !== null) {
      const there = await identityOf(offeredFile(stateDir))
      if (there !== seen) {
        seen = there
        offer = null
        agreed = null
        if (there === null) options.onChange()
        else await takeIn(trust)
      }
    }
    if (offer !== null && agreed !== null && options.waits() === null && !closed) await install(offer, agreed)
  }
  let looking = Promise.resolve()
  /** One look after the other. */
  const run = (): void => {
    looking = looking
      .then(look)
      .catch((error: unknown) => logger.error({ error }, 'updates cannot be looked at'))
      .then(() => {
        timer?.cancel()
        if (!closed) timer = clock.after(lookEveryMs, run)
      })
  }

  const tellOutcome = async (): Promise<void> => {
    const { outcome } = await readVersions(stateDir)
    if (outcome === null) return
    const { id, what, reason, by, atMs } = outcome
    last = { what, version: outcome.version, from: outcome.from, reason, at: atMs }
    if (options.updates.told('outcome') !== id)
      options.records.record(() => {
        options.updates.tell('outcome', id)
        tell(what, outcome, { reason, by })
      })
    options.onChange()
  }
  void tellOutcome()
    .catch((error: unknown) => logger.error({ error }, 'the last update cannot be told'))
    .then(run)

  const offered = (sha256: string): Offered => {
    if (offer?.release.sha256 === sha256 && !installing) return offer
    throw new AgentError({ code: 'no_update', message: 'This update is no longer there.' })
  }
  return {
    get state(): PanelUpdates {
      const keys = trust === null ? 'none' : trust.development ? 'development' : 'pinned'
      return { keys, consent: options.consent, offer: offer === null ? null : shown(offer), last }
    },
    agree: (sha256, by) => {
      const { release } = offered(sha256)
      if (by.proof === 'pin' && !by.mayLoosen)
        throw new AgentError({
          code: 'may_not_loosen',
          message: 'This needs the PIN of an operator who may loosen; whoever keeps the list of operators can give him that.',
        })
      options.records.commit(() => tell('agreed', { version: release.version, from: version }, { by: by.name }))
      agreed = { by: by.name }
      options.onChange()
      run()
    },
    decline: (sha256, by) => {
      const { release } = offered(sha256)
      options.operators.known(by)
      offer = null
      agreed = null
      last = { what: 'declined', version: release.version, from: version, reason: null, at: clock.nowMs() }
      options.records.record(() => tell('declined', { version: release.version, from: version }, { by }))
      // Whoever said no keeps his no: what lies there is not offered again before it is another one.
      dropPackage(stateDir).catch((error: unknown) => logger.error({ error }, 'an update that was declined cannot be taken away'))
      options.onChange()
    },
    close: () => {
      closed = true
      timer?.cancel()
    },
  }

  function shown({ release, signers }: Offered): PanelUpdateOffer {
    const waits = agreed === null || installing ? null : options.waits()
    const { sha256, version: to, news } = release
    return {
      sha256,
      version: to,
      from: version,
      signers,
      news,
      state: installing ? 'installing' : agreed === null ? 'offered' : 'agreed',
      by: agreed?.by ?? null,
      waits,
    }
  }
}

/** Another one for each file that is laid there. */
async function identityOf(path: string): Promise<string | null> {
  try {
    const { ino, size, mtimeMs } = await stat(path)
    return `${ino} ${size} ${mtimeMs}`
  } catch {
    return null
  }
}
