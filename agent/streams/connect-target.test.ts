import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Server } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { connectTarget } from './connect-target.ts'

let server: Server
let heard: string
let port: number

beforeEach(async () => {
  heard = ''
  server = createServer((socket) => {
    socket.on('error', () => {})
    socket.on('data', (chunk) => {
      heard += chunk.toString()
      socket.end('served')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterEach(() => new Promise((resolve) => server.close(resolve)))

/** As a stream does: it writes at once, before there is a connection. */
function ask(panelPort: number): Promise<unknown> {
  return new Promise((resolve) => {
    const socket = connectTarget({ host: 'localhost', port }, panelPort)
    socket.write('GET / HTTP/1.1\r\n\r\n')
    socket.once('error', resolve)
    socket.once('data', (chunk: Buffer) => {
      socket.destroy()
      resolve(chunk.toString())
    })
  })
}

it("sends no byte to the panel, whatever name the service's host has", async () => {
  expect(await ask(port)).toMatchObject({ code: 'panel_target' })
  expect(heard).toBe('')
})

it('reaches any other port', async () => {
  expect(await ask(port + 1)).toBe('served')
  expect(heard).toContain('GET /')
})

it('gives up a service that does not answer, and says so', async () => {
  // A program that stands still behind a full queue: the kernel takes no more for it, and refuses nobody.
  const listening = "require('net').createServer().listen(0, '127.0.0.1', 1, function () { console.log(this.address().port) })"
  const service = spawn(process.execPath, ['-e', listening], { stdio: ['ignore', 'pipe', 'ignore'] })
  const [said] = (await once(service.stdout, 'data')) as [Buffer]
  service.kill('SIGSTOP')
  const full = Array.from({ length: 8 }, () => connect(Number(said), '127.0.0.1').on('error', () => {}))
  await Promise.race(full.map((socket) => once(socket, 'connect')))
  try {
    const began = performance.now()
    const socket = connectTarget({ host: '127.0.0.1', port: Number(said) }, 1)
    const [error] = (await once(socket, 'error')) as [unknown]
    expect(error).toMatchObject({ code: 'connect_timeout' })
    expect(performance.now() - began).toBeGreaterThan(800)
  } finally {
    for (const socket of full) socket.destroy()
    service.kill('SIGKILL')
  }
})

it('takes its own standing still for no silence of the service', async () => {
  const answered = ask(port + 1)
  const until = performance.now() + 1_500
  while (performance.now() < until);
  expect(await answered).toBe('served')
})
