import { join } from 'node:path'
import { AgentError, errorCode } from './basics/agent-error.ts'
import { startMirrorPages } from './mirror/start-mirror-pages.ts'
import type { MirrorPages } from './mirror/start-mirror-pages.ts'
import { createOperatorList } from './operators/operator-list.ts'
import type { OperatorList } from './operators/operator-list.ts'
import { startPanel } from './panel/start-panel.ts'
import type { PanelServer } from './panel/start-panel.ts'
import type { StartAgentOptions } from './running-agent.ts'
import { refusePanelTargets } from './settings/read-settings.ts'
import { refusePanelAliases } from './settings/refuse-panel-aliases.ts'
import { writeFileAtomic } from './state/atomic-file.ts'
import { witnessRecords } from './state/records-witness.ts'
import { openStateDatabase } from './state/state-database.ts'
import type { StateDatabase } from './state/state-database.ts'
import { openStatusDoor } from './status/status-door.ts'
import type { StatusDoor } from './status/status-door.ts'

/** What a process holds once: ports, the state, the pid file. */
export interface OpenParts {
  readonly panel: PanelServer
  readonly mirrorPages: MirrorPages
  readonly database: StateDatabase
  readonly operators: OperatorList
  readonly statusDoor: StatusDoor
}

/** Opens them, or none: what was opened is closed again where one fails. @throws AgentError as `startAgent` */
export async function openParts(options: StartAgentOptions): Promise<OpenParts> {
  const { settings, logger, aroundState = (state) => state } = options
  const operators = createOperatorList(settings.operators, logger)
  const panel = await startPanel({ host: settings.panel.host, port: settings.panel.port, logger })
  let database: StateDatabase | undefined
  let mirrorPages: MirrorPages | undefined
  try {
    refusePanelTargets(settings, panel.port)
    await refusePanelAliases(settings, panel.port)
    mirrorPages = await startMirrorPages({ panel: settings.panel, panelPort: panel.port, random: options.random, logger })
    refusePanelTargets(settings, mirrorPages.port)
    const openedDatabase = (database = aroundState(openStateDatabase(settings.stateDir)))
    await withRoom(settings.stateDir, async (stateDir) => {
      await witnessRecords({ ...options, database: openedDatabase, stateDir, services: settings.services.keys() })
      await writeFileAtomic(join(stateDir, 'agent.pid'), `${process.pid}\n`)
    })
    const statusDoor = await openStatusDoor({ stateDir: settings.stateDir, logger })
    return { panel, mirrorPages, database, operators, statusDoor }
  } catch (error) {
    database?.close()
    await mirrorPages?.close()
    await panel.close()
    throw error
  }
}

/** An agent whose state cannot be written could let nobody in; it says so instead of starting. @throws AgentError `state_unwritable` */
async function withRoom(stateDir: string, write: (stateDir: string) => Promise<void>): Promise<void> {
  try {
    await write(stateDir)
  } catch (error) {
    const message = `${stateDir} cannot be written (${errorCode(error)}). Check free space, owner and rights; \`doctor\` says more.`
    throw new AgentError({ code: 'state_unwritable', message, cause: error })
  }
}
