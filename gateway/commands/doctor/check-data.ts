import { access, constants, stat, statfs } from 'node:fs/promises'
import { failed, ok, warning, type Finding } from './finding.ts'

const roomBytes = 1024 ** 3

/** The folder of database and keys: ours to write, nobody else's to read, with room left. */
export async function checkData(dataDir: string): Promise<Finding[]> {
  try {
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    return [
      failed('data', `${dataDir} cannot be read and written by this user.`, 'Run this as the user of the gateway, or set `dataDir` right.'),
    ]
  }
  const { mode } = await stat(dataDir)
  const { bavail, bsize } = await statfs(dataDir)
  const free = `${(bavail * bsize) / roomBytes >= 10 ? Math.round((bavail * bsize) / roomBytes) : ((bavail * bsize) / roomBytes).toFixed(1)} GiB`
  return [
    (mode & 0o077) === 0
      ? ok('data', `${dataDir} belongs to this user alone.`)
      : failed('data', `${dataDir} is open to other users of this machine; it holds keys.`, `chmod 0700 ${dataDir}`),
    bavail * bsize >= roomBytes
      ? ok('disk', `${free} are free.`)
      : warning('disk', `Only ${free} are free; when the disk is full, nobody gets in.`, 'Free some room, or move `dataDir`.'),
  ]
}
