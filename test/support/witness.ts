import { appendFileSync } from 'node:fs'
import type { Server } from 'node:net'

/** Writes down when bytes reach a machine, in a file that outlives the process: one JSON object a line. Without a file it does nothing. */
export function witness(server: Server, file: string | undefined): void {
  if (file === undefined) return
  server.on('connection', (socket) => {
    socket.on('data', (chunk: Buffer) => appendFileSync(file, `${JSON.stringify({ atMs: Date.now(), bytes: chunk.length })}\n`))
  })
}
