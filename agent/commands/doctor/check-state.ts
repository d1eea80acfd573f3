import { access, constants, stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errorCode } from '../../basics/agent-error.ts'
import { failed, ok, warning } from './finding.ts'
import type { Finding } from './finding.ts'

const warnBelowBytes = 100 * 1024 ** 2
const failBelowBytes = 5 * 1024 ** 2
const { R_OK, W_OK, X_OK } = constants

/** The folder of key and records: ours to write, nobody else's to read, with room left. */
export async function checkState(stateDir: string): Promise<readonly Finding[]> {
  const found = await stat(stateDir).catch((error: unknown) => errorCode(error))
  if (found === 'ENOENT') return [await checkParent(stateDir)]
  const mine = 'Run this as the user of the agent, or give the folder to it (chown).'
  if (typeof found === 'string') return [failed('state', `${stateDir} cannot be looked at (${found}).`, mine)]
  if (!found.isDirectory()) return [failed('state', `${stateDir} is no folder.`, 'Set stateDir in agent.json to a folder of its own.')]
  if (!(await allows(stateDir, R_OK | W_OK | X_OK))) return [failed('state', `${stateDir} cannot be read and written by this user.`, mine)]
  const rights =
    (found.mode & 0o077) === 0
      ? ok('state', `${stateDir} belongs to its user alone.`)
      : failed('state', `${stateDir} is open to other users of this machine; it holds the machine's key.`, `chmod 0700 ${stateDir}`)
  return [rights, await checkRoom(stateDir)]
}

/** It is made at the first start, in the nearest folder that is there. */
async function checkParent(stateDir: string): Promise<Finding> {
  let folder = dirname(stateDir)
  while (!(await allows(folder, constants.F_OK)) && folder !== dirname(folder)) folder = dirname(folder)
  return (await allows(folder, W_OK | X_OK))
    ? ok('state', `${stateDir} is made at the first start.`)
    : failed(
        'state',
        `${stateDir} is not there, and this user may not make it in ${folder}.`,
        `Make it, give it to the agent's user, and chmod 0700 it.`,
      )
}

const allows = (path: string, mode: number): Promise<boolean> =>
  access(path, mode).then(
    () => true,
    () => false,
  )

async function checkRoom(stateDir: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(stateDir)
  return judgeRoom(bavail * bsize)
}

/** An agent that cannot write lets nobody in: consent is durable before it holds. */
export function judgeRoom(freeBytes: number): Finding {
  const free = freeBytes >= 10 * 1024 ** 3 ? `${Math.round(freeBytes / 1024 ** 3)} GiB` : `${Math.round(freeBytes / 1024 ** 2)} MiB`
  if (freeBytes >= warnBelowBytes) return ok('disk', `${free} are free.`)
  const fix = 'Free some room on this disk, or move stateDir.'
  if (freeBytes >= failBelowBytes) return warning('disk', `Only ${free} are free; when the disk is full, nobody can be let in.`, fix)
  return failed('disk', `${free} are free: what operators decide cannot be kept, so nobody can be let in.`, fix)
}
