import { createServer, type AddressInfo, type Server } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { demoPorts, portBusyAfterAll } from './demo-ports.ts'

const servers: Server[] = []
afterEach(() => Promise.all(servers.splice(0).map((server) => new Promise((resolve) => server.close(resolve)))))

async function listen(port = 0): Promise<number> {
  const server = createServer()
  servers.push(server)
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

it('gives six free ports that differ, and the same ones again while they are free', async () => {
  const ports = await demoPorts(0, null)
  // Linux gives those from 32768 on to everybody's connections and tests.
  for (const port of [ports.public, ports.tunnel, ports.est, ...ports.panels]) expect(port).toBeLessThan(32_768)
  const all = [ports.public, ports.tunnel, ports.est, ...ports.panels]
  expect(new Set(all).size).toBe(6)
  expect(all.every((port) => port > 0)).toBe(true)
  expect(await demoPorts(0, ports)).toEqual(ports)
  await listen(ports.panels[1])
  const others = await demoPorts(0, ports)
  expect(others.panels).not.toContain(ports.panels[1])
})

it('names the port that somebody else has, and the way out', async () => {
  const taken = await listen()
  const message = `Port ${taken} is in use. Run the demo on free ports with: npm run demo -- --port 0`
  await expect(demoPorts(taken, null)).rejects.toMatchObject({ code: 'port_busy', message })
})

it.each([8444, 8445, 8452])('moves its own listener aside when the public port is to be %i', async (wanted) => {
  const ports = await demoPorts(wanted, null)
  expect(ports.public).toBe(wanted)
  expect([ports.tunnel, ports.est, ...ports.panels]).toContain(8443)
  expect(new Set([ports.public, ports.tunnel, ports.est, ...ports.panels]).size).toBe(6)
})

it('says the same when somebody was quicker than its own listener', async () => {
  const taken = await listen()
  const error = await listen(taken).catch((cause: unknown) => cause)
  expect(portBusyAfterAll(error)).toMatchObject({ code: 'port_busy', message: expect.stringContaining(`Port ${taken} `) })
  expect(portBusyAfterAll(new Error('anything else'))).toBeNull()
})
