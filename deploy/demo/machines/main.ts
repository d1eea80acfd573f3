import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createPlateSetter } from './plate-setter.ts'
import { createPress } from './press.ts'
import { createWorkflow } from './workflow.ts'

/** The machines' own web servers, in one process, each on a port of its own on loopback. Prints `{"ready":true,"ports":{...}}`. */
const machines = { press: createPress(), plateSetter: createPlateSetter(), workflow: createWorkflow() }

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

const ports: Record<string, number> = {}
for (const [name, machine] of Object.entries(machines)) {
  const server = createServer({ requestTimeout: 0 }, machine.request)
  if (machine.upgrade !== undefined) server.on('upgrade', machine.upgrade)
  ports[name] = await listen(server)
}
process.stdout.write(`${JSON.stringify({ ready: true, ports })}\n`)
process.stdin.once('close', () => process.exit(0)).resume()
process.once('SIGTERM', () => process.exit(0))
process.on('SIGINT', () => {})
