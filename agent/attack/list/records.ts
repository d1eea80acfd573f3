import { copyFile, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { errorCode } from '../../basics/agent-error.ts'
import type { Attack, Field, Observation } from '../attack.ts'
import { letIn, observe, refusesRequest, refusesStream, requestFor, snapshot } from '../moves.ts'
import { attackServices } from '../scratch-config.ts'

const { bytes } = attackServices

/** Starts the agent on a state that somebody has changed; null: it started, else why it did not. The right state is put back behind it. */
async function startsOn(
  field: Field,
  tamper: (stateDir: string) => Promise<void>,
  look: () => Promise<readonly Observation[]>,
): Promise<readonly Observation[]> {
  let kept: Buffer | null = null
  let dir = ''
  try {
    await field.restart(async (stateDir) => {
      dir = stateDir
      kept = await readFile(join(stateDir, 'agent.db'))
      await tamper(stateDir)
    })
    return await look()
  } catch (error) {
    if (errorCode(error) !== 'agent_failed') throw error
    return [observe(`the agent does not start: ${error instanceof Error ? (error.message.split('\n')[0] ?? '').slice(0, 160) : ''}`, true)]
  } finally {
    const whole = kept
    await field.restart(async () => {
      for (const more of ['agent.db-wal', 'agent.db-shm']) await rm(join(dir, more), { force: true })
      if (whole !== null) await writeFile(join(dir, 'agent.db'), whole, { mode: 0o600 })
    })
  }
}

/** Tampering with a copy of the records, while the agent does not run. */
export const recordAttacks: readonly Attack[] = [
  {
    id: 'records-say-that-a-session-lives',
    group: 'records',
    tried: 'Write into the records that an ended session still lives, and start the agent.',
    expected: 'No session outlives the process: it is ended, and no stream opens.',
    run: async (field) => {
      const { session } = await letIn(field)
      await field.operator.end()
      const revive = async (stateDir: string): Promise<void> => {
        const sql = new DatabaseSync(join(stateDir, 'agent.db'))
        sql.prepare("UPDATE history SET outcome = 'approved', ended_at = NULL, reason = NULL WHERE session = ?").run(session)
        sql.close()
      }
      return startsOn(field, revive, async () => {
        const entry = (await field.operator.state()).history.find((one) => one.session === session)
        return [
          observe(`the agent says that it ended: ${entry?.reason}`, entry?.reason === 'device_lost'),
          observe('nobody is in', (await snapshot(field)).live.length === 0),
          await refusesStream(field, 'a stream', { service: bytes, session }),
          await refusesRequest(field, 'asking for it again', requestFor(field, { session })),
        ]
      })
    },
  },
  {
    id: 'records-torn',
    group: 'records',
    tried: 'Cut the records in half, fill them with nonsense, and start the agent.',
    expected: 'It does not start, or starts with nobody in.',
    run: async (field) => {
      const { session } = await letIn(field)
      const found: Observation[] = []
      const nobody = async (): Promise<readonly Observation[]> => [
        observe('it starts, and nobody is in', (await snapshot(field)).live.length === 0),
        await refusesStream(field, 'a stream', { service: bytes, session }),
      ]
      const torn = async (stateDir: string): Promise<void> => {
        const file = join(stateDir, 'agent.db')
        await truncate(file, Math.floor((await stat(file)).size / 2))
      }
      const nonsense = async (stateDir: string): Promise<void> => writeFile(join(stateDir, 'agent.db'), field.random.bytes(20_000))
      const removed = async (stateDir: string): Promise<void> => rm(join(stateDir, 'agent.db'))
      for (const [name, tamper] of Object.entries({ 'cut in half': torn, nonsense, removed }))
        found.push(...(await startsOn(field, tamper, nobody)).map(({ what, held }) => observe(`${name}: ${what}`, held)))
      return found
    },
  },
  {
    id: 'records-for-another-key',
    group: 'records',
    tried: "Put another key in the place of the device's, and start the agent.",
    expected: 'It does not connect with a certificate that is not for its key.',
    run: async (field) => {
      let dir = ''
      const aside = (name: string): string => join(dir, `${name}.aside`)
      const swap = async (stateDir: string): Promise<void> => {
        dir = stateDir
        await copyFile(join(dir, 'device.key'), aside('device.key'))
        await copyFile(join(dir, 'device.crt'), aside('device.crt'))
        await writeFile(join(dir, 'device.crt'), field.foreignCertificate(), { mode: 0o600 })
      }
      const back = async (): Promise<void> => {
        for (const name of ['device.key', 'device.crt']) await copyFile(aside(name), join(dir, name))
      }
      await field.restart(swap, 'alone')
      const { connection } = await field.operator.state()
      const found = [observe(`it is ${connection.state}`, connection.state !== 'connected' && !field.gateway.isConnected)]
      await field.restart(back)
      return found
    },
  },
]
