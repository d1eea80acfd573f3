import { chmod, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { join } from 'node:path'
import { errorCode } from '../basics/agent-error.ts'
import type { Logger } from '../basics/logger.ts'
import type { AgentStatus } from './agent-status.ts'

export const statusSocket = (stateDir: string): string => join(stateDir, 'agent.sock')

export interface StatusDoor {
  /** Before this, who asks gets nothing. */
  serve(status: () => AgentStatus): void
  close(): Promise<void>
}

/** Longest path of a socket on Linux (unix(7)), without its zero byte. */
const longestPath = 107

/**
 * Answers who can open the socket in the state directory. The caller holds the lock of that directory, so what lies there is of an agent that is gone.
 * Never fails: an agent that nobody can ask is better than none.
 */
export async function openStatusDoor({ stateDir, logger }: { readonly stateDir: string; readonly logger: Logger }): Promise<StatusDoor> {
  const path = statusSocket(stateDir)
  let answer: (() => AgentStatus) | null = null
  const asking = new Set<Socket>()
  const server = createServer((socket) => {
    asking.add(socket)
    socket.once('close', () => asking.delete(socket))
    socket.on('error', () => {})
    socket.setTimeout(5_000, () => socket.destroy())
    if (answer === null) socket.destroy()
    else socket.end(`${JSON.stringify(answer())}\n`)
  })
  server.maxConnections = 8
  try {
    await rm(path, { force: true })
    if (Buffer.byteLength(path) > longestPath) throw new Error(`${path} is longer than ${longestPath} bytes`)
    await listen(server, path)
    await chmod(path, 0o600)
  } catch (error) {
    logger.warn(
      { error, reason: errorCode(error) },
      'the agent cannot be asked for its status: the socket in its state directory cannot be made',
    )
  }
  server.on('error', () => {})
  return {
    serve: (status) => void (answer = status),
    close: () =>
      new Promise((resolve) => {
        if (server.listening) server.close(() => resolve())
        else resolve()
        for (const socket of asking) socket.destroy()
      }),
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(path, () => {
      server.off('error', reject)
      resolve()
    })
  })
}
