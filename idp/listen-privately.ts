import { chmodSync, rmSync, statSync } from 'node:fs'
import { connect } from 'node:net'
import { CodedError } from '../gateway/basics/coded-error.ts'

/** Makes way for a Unix socket at `path`: removes one that nobody serves. @throws socket_in_use */
async function clearSocketPath(path: string): Promise<void> {
  const found = statSync(path, { throwIfNoEntry: false })
  if (found === undefined) return
  if (!found.isSocket() || (await answers(path))) {
    const message = `${path} is in use by ${found.isSocket() ? 'another process' : 'a file'}. End it or name another path.`
    throw new CodedError({ code: 'socket_in_use', message, remedy: 'fix' })
  }
  rmSync(path)
}

export type SocketMode = '0600' | '0660'

/** Runs `listen` so that the socket which it makes belongs to this user alone from its first moment; `mode` may then let its group in. */
export async function listenPrivately(path: string, mode: SocketMode, listen: () => Promise<unknown>): Promise<void> {
  await clearSocketPath(path)
  const before = process.umask(0o177)
  try {
    const listening = listen()
    await listening
  } finally {
    process.umask(before)
  }
  chmodSync(path, Number.parseInt(mode, 8))
}

const answers = (path: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(path)
    socket.once('connect', () => {
      socket.destroy()
      resolve(true)
    })
    socket.once('error', () => resolve(false))
  })
