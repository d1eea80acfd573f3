import { createHash, randomBytes } from 'node:crypto'
import { createServer, request } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test, vi } from 'vitest'
import { proxyWorld } from './testing/proxy-world.ts'

const mib = 1024 * 1024
const block = randomBytes(mib)
const blocks = 200
const digest = ((): string => {
  const hash = createHash('sha256')
  for (let at = 0; at < blocks; at++) hash.update(block)
  return hash.digest('hex')
})()

/** Writes 200 MB with backpressure. */
function pour(to: NodeJS.WritableStream): void {
  let left = blocks
  const next = (): void => {
    while (left > 0) {
      left--
      if (!to.write(block)) return void to.once('drain', next)
    }
    to.end()
  }
  next()
}

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

/**
 * The most bytes of buffers in browser, proxy and machine together that garbage collection left at one moment. Measured: 0.1 MB alive, and up to 50 MB
 * of dead ones that V8 had not given back yet.
 */
const watchBuffers = (): (() => number) => {
  collectGarbage()
  const before = process.memoryUsage().arrayBuffers
  let most = before
  const timer = setInterval(() => {
    collectGarbage()
    most = Math.max(most, process.memoryUsage().arrayBuffers)
  }, 250)
  return () => {
    clearInterval(timer)
    return most - before
  }
}

test('200 MB come down whole, and memory does not grow with them', async () => {
  await using world = await proxyWorld({ machine: createServer((_, res) => pour(res)) })
  const grown = watchBuffers()
  const hash = createHash('sha256')
  await new Promise<void>((resolve, reject) => {
    request({ host: '127.0.0.1', port: world.port, headers: { host: world.host, cookie: world.cookie }, agent: false }, (res) => {
      res
        .on('data', (chunk: Buffer) => hash.update(chunk))
        .on('end', resolve)
        .on('error', reject)
    }).end()
  })
  expect(hash.digest('hex')).toBe(digest)
  expect(grown()).toBeLessThan(64 * mib)
})

test.each([
  ['a length', { 'content-length': String(blocks * mib) }],
  ['chunks', { 'transfer-encoding': 'chunked' }],
])('200 MB with %s go up whole, and memory does not grow with them', async (_, framing) => {
  const machine = createServer((req, res) => {
    const hash = createHash('sha256')
    req.on('data', (chunk: Buffer) => hash.update(chunk)).on('end', () => res.end(hash.digest('hex')))
  })
  await using world = await proxyWorld({ machine })
  const grown = watchBuffers()
  const answer = await new Promise<string>((resolve, reject) => {
    const req = request(
      {
        host: '127.0.0.1',
        port: world.port,
        method: 'POST',
        headers: { host: world.host, cookie: world.cookie, ...framing },
        agent: false,
      },
      (res) => {
        let text = ''
        res.on('data', (chunk: Buffer) => (text += chunk.toString())).on('end', () => resolve(text))
      },
    )
    req.on('error', reject)
    pour(req)
  })
  expect(answer).toBe(digest)
  expect(grown()).toBeLessThan(64 * mib)
  expect(world.authority.transactions).toMatchObject([{ up: blocks * mib }])
})

test('a browser that stops reading stops the machine, and others are served meanwhile', async () => {
  let sent = 0
  const machine = createServer((req, res) => {
    if (req.url === '/small') return void res.end('small')
    const next = (): void => {
      while (!res.destroyed) {
        sent += 65_536
        if (!res.write(block.subarray(0, 65_536))) return void res.once('drain', next)
      }
    }
    next()
  })
  await using world = await proxyWorld({ machine })
  const browser = await world.raw()
  browser.send(`${world.head('GET / HTTP/1.1')}\r\n`)
  await browser.until('200 OK')
  browser.socket.pause()
  await still(() => sent)
  const stream = world.authority.streams[0]!
  expect(stream.readableLength + stream.writableLength).toBeLessThan(mib)
  // The rest is in the kernel's buffers of two loopback connections.
  expect(sent).toBeLessThan(40 * mib)
  expect((await world.ask('/small')).body.toString()).toBe('small')
})

test('a machine that stops reading stops the browser', async () => {
  await using world = await proxyWorld({ machine: createServer(() => {}) })
  const browser = await world.raw()
  browser.send(`${world.head('POST / HTTP/1.1')}Content-Length: ${blocks * mib}\r\n\r\n`)
  let taken = 0
  const next = (): void =>
    void browser.socket.write(block.subarray(0, 65_536), (error) => {
      if (error) return
      taken += 65_536
      next()
    })
  next()
  await still(() => taken)
  expect(world.authority.streams[0]!.writableLength).toBeLessThan(mib)
  expect(taken).toBeLessThan(40 * mib)
})

test('an upload or download that stands still is cut after the stall time', async () => {
  const machine = createServer((req, res) => (req.url === '/down' ? void res.write(Buffer.alloc(30 * mib)) : void 0))
  await using world = await proxyWorld({ machine, limits: { stallTimeoutMs: 200 } })
  const upload = await world.raw()
  upload.send(`${world.head('POST /up HTTP/1.1')}Content-Length: 100\r\n\r\nsome`)
  expect(await upload.until('"stalled"')).toContain('408 Request Timeout')
  const download = await world.raw()
  download.send(`${world.head('GET /down HTTP/1.1')}\r\n`)
  await download.until('200 OK')
  download.socket.pause()
  await vi.waitFor(() => expect(world.authority.transactions).toHaveLength(2), { timeout: 5_000 })
  expect(world.authority.transactions[1]!.down).toBeLessThan(30 * mib)
})

test('what the operator has paused is not cut for standing still, and has its whole time again when it goes on', async () => {
  await using world = await proxyWorld({ machine: createServer(() => {}), limits: { stallTimeoutMs: 200 } })
  world.authority.conduct = { paused: true, changedAtMs: 0 }
  const upload = await world.raw()
  upload.send(`${world.head('POST /up HTTP/1.1')}Content-Length: 100\r\n\r\nsome`)
  await new Promise((resolve) => setTimeout(resolve, 800))
  expect(world.authority.transactions).toEqual([])
  const goneOnAt = performance.now()
  world.authority.conduct = { paused: false, changedAtMs: goneOnAt }
  expect(await upload.until('"stalled"')).toContain('408 Request Timeout')
  expect(performance.now() - goneOnAt).toBeGreaterThanOrEqual(195)
})

/** Waits until a count that has begun does not move any more. */
async function still(count: () => number): Promise<void> {
  let before = -1
  await vi.waitFor(
    () => {
      const now = count()
      const moved = now !== before
      before = now
      expect(moved || now === 0).toBe(false)
    },
    { timeout: 15_000, interval: 300 },
  )
}
