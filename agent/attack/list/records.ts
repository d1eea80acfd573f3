import { copyFile, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { errorCode } from '../../basics/agent-error.ts'
import type { Attack, Field, Observation } from '../attack.ts'
import { letIn, observe, refusesRequest, refusesStream, requestFor, snapshot } from '../moves.ts'
import { attackServices } from '../scratch-config.ts'

const { bytes } = attackServices

/** What is put back behind an attack. */
const kept = ['agent.db', 'records.id'] as const

/** Starts the agent on a state that somebody has changed, and looks; or says why it does not start. The right state is put back behind it. */
async function startsOn(
  field: Field,
  tamper: (stateDir: string) => Promise<void>,
  look: () => Promise<readonly Observation[]>,
): Promise<readonly Observation[]> {
  const whole = new Map<string, Buffer>()
  let dir = ''
  try {
    const change = async (stateDir: string): Promise<void> => {
      dir = stateDir
      for (const name of kept) whole.set(name, await readFile(join(stateDir, name)))
      await tamper(stateDir)
    }
    await field.restart(change, 'alone')
    const { remote } = await field.operator.state()
    if (!remote.on)
      return [
        observe(
          `everything is off until somebody at the panel turns it on, and ${field.gateway.isConnected ? 'it is connected' : 'it is not connected'}`,
          !field.gateway.isConnected,
        ),
      ]
    await field.gateway.connected()
    return await look()
  } catch (error) {
    if (errorCode(error) !== 'agent_failed') throw error
    return [observe(`the agent does not start: ${error instanceof Error ? (error.message.split('\n')[0] ?? '').slice(0, 160) : ''}`, true)]
  } finally {
    await field.restart(async () => {
      for (const more of ['agent.db-wal', 'agent.db-shm']) await rm(join(dir, more), { force: true })
      for (const [name, content] of whole) await writeFile(join(dir, name), content, { mode: 0o600 })
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
    tried:
      'Cut the records in half, fill them with nonsense, empty and remove them, and start the agent: as if nobody had ever switched anything off.',
    expected: 'It does not start, or starts with everything switched off.',
    run: async (field) => {
      const { session } = await letIn(field)
      const found: Observation[] = []
      const nobody = async (): Promise<readonly Observation[]> => [
        observe('it starts as if it were new', false),
        await refusesStream(field, 'a stream', { service: bytes, session }),
      ]
      const torn = async (stateDir: string): Promise<void> => {
        const file = join(stateDir, 'agent.db')
        await truncate(file, Math.floor((await stat(file)).size / 2))
      }
      const nonsense = async (stateDir: string): Promise<void> => writeFile(join(stateDir, 'agent.db'), field.random.bytes(20_000))
      const emptied = async (stateDir: string): Promise<void> => truncate(join(stateDir, 'agent.db'))
      const removed = async (stateDir: string): Promise<void> => rm(join(stateDir, 'agent.db'))
      for (const [name, tamper] of Object.entries({ 'cut in half': torn, nonsense, emptied, removed }))
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
