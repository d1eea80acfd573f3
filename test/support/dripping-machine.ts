import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startChild } from '../../gateway/commands/start-child.ts'
import type { PanelClient } from './panel-client.ts'
import type { PortalClient } from './portal-client.ts'
import { approvedSession, openService, type LiveSocket, type Work } from './technician-at-work.ts'

/** A machine with a download and a WebSocket that only a fault ends, and which says when. */
export interface DrippingMachine extends AsyncDisposable {
  readonly port: number
  /** Where it writes what reaches it (`witness.ts`). */
  readonly seen: string
  /** `performance.now()` of the next close of each at the machine. Ask before the fault. */
  nextCloses(): { readonly download: Promise<number>; readonly socket: Promise<number> }
}

export async function startDrippingMachine(): Promise<DrippingMachine> {
  const directory = await mkdtemp(join(tmpdir(), 'dripping-machine-'))
  const seen = join(directory, 'seen.jsonl')
  const waiting = new Map<string, ((atMs: number) => void)[]>()
  const machine = await startChild<{ port: number }>({
    name: 'machine',
    program: new URL('dripping-machine-entry.ts', import.meta.url),
    args: ['0', seen],
    onLog: () => {},
    onLine: (said) => {
      if (!('closed' in said) || typeof said.closed !== 'string') return
      const atMs = performance.now()
      for (const resolve of waiting.get(said.closed) ?? []) resolve(atMs)
      waiting.delete(said.closed)
    },
  })
  const next = (name: string): Promise<number> => new Promise((resolve) => waiting.set(name, [...(waiting.get(name) ?? []), resolve]))
  return {
    port: machine.ready.port,
    seen,
    nextCloses: () => ({ download: next('download'), socket: next('socket') }),
    [Symbol.asyncDispose]: async () => {
      await machine.stop()
      await rm(directory, { recursive: true })
    },
  }
}

/** A technician in the machine with both of them open. */
export interface LiveWork {
  readonly session: string
  readonly expiresAt: number
  readonly work: Work
  readonly socket: LiveSocket
  /** `performance.now()` of its end at the technician's side, however it ended. */
  readonly downloadEnded: Promise<number>
}

export async function openLiveWork(parts: {
  readonly technician: PortalClient
  readonly panel: PanelClient
  readonly operator: string
}): Promise<LiveWork> {
  const session = await approvedSession({ ...parts, asking: { duration_s: 1_800 } })
  const work = await openService(parts.technician, session.id)
  const socket = await work.socket('/count')
  await socket.next()
  const download = await work.get('/drip')
  const reader = (download.body as ReadableStream<Uint8Array>).getReader()
  await reader.read()
  return { session: session.id, expiresAt: session.expires_at ?? 0, work, socket, downloadEnded: readToTheEnd(reader) }
}

async function readToTheEnd(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<number> {
  try {
    while (!(await reader.read()).done);
  } catch {
    // Cut in the middle: that is an end too.
  }
  return performance.now()
}
