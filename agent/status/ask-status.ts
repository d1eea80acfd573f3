import { connect } from 'node:net'
import { AgentError, errorCode } from '../basics/agent-error.ts'
import type { AgentStatus } from './agent-status.ts'
import { statusSocket } from './status-door.ts'

const patienceMs = 5_000

/**
 * What the agent that runs with this state directory says; null when none runs.
 *
 * @throws AgentError `no_answer` when one is there and says nothing, `not_allowed` when this user may not ask
 */
export async function askStatus(stateDir: string): Promise<AgentStatus | null> {
  try {
    return JSON.parse(await readAll(statusSocket(stateDir))) as AgentStatus
  } catch (error) {
    const code = errorCode(error)
    if (code === 'ENOENT' || code === 'ECONNREFUSED' || code === 'ENOTDIR') return null
    if (code === 'EACCES' || code === 'EPERM')
      throw new AgentError({
        code: 'not_allowed',
        message: `This user may not look into ${stateDir}. Ask as the agent's user, or as root.`,
        cause: error,
      })
    throw new AgentError({ code: 'no_answer', message: `The agent that runs with ${stateDir} does not answer.`, cause: error })
  }
}

function readAll(path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(path)
    let text = ''
    socket.setEncoding('utf8')
    socket.setTimeout(patienceMs, () => socket.destroy(new Error('no answer')))
    socket.on('data', (chunk: string) => void (text += chunk))
    socket.once('end', () => resolve(text))
    socket.once('error', reject)
  })
}
