import { join } from 'node:path'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import { readFileIfThere } from '../state/atomic-file.ts'
import { openStateDatabase } from '../state/state-database.ts'

/**
 * Makes the agent that runs with this state directory print a new pairing address. The lock on its state tells whether it runs at all, so
 * that a number which another program has by now gets no signal.
 *
 * @throws AgentError `not_running`
 */
export async function askForPairing(stateDir: string): Promise<void> {
  const pid = Number(await readFileIfThere(join(stateDir, 'agent.pid')))
  const notRunning = new AgentError({ code: 'not_running', message: `No agent runs with the state directory ${stateDir}.` })
  if (!Number.isSafeInteger(pid) || pid < 2) throw notRunning
  try {
    openStateDatabase(stateDir).close()
  } catch (error) {
    if (errorCode(error) !== 'state_in_use') throw error
    process.kill(pid, 'SIGUSR1')
    return
  }
  throw notRunning
}
