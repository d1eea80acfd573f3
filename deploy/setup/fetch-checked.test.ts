import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { fetchChecked } from './fetch-checked.mjs'

const BYTES = Buffer.from('#!/bin/sh\necho opa\n')
const SHA256 = createHash('sha256').update(BYTES).digest('hex')
const server = createServer((request, response) => response.writeHead(request.url === '/opa' ? 200 : 404).end(BYTES))
let [origin, folder, target] = ['', '', '']

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-fetch-'))
  target = join(folder, 'bin/opa')
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(async () => {
  await new Promise((resolve) => server.close(resolve))
  rmSync(folder, { recursive: true, force: true })
})

it('keeps a program whose bytes are the pinned ones, and makes it one that can be run', async () => {
  expect(await fetchChecked({ url: `${origin}/opa`, sha256: SHA256, target })).toBeUndefined()
  expect(readFileSync(target)).toEqual(BYTES)
  expect(statSync(target).mode & 0o111).not.toBe(0)
  expect(readdirSync(join(folder, 'bin'))).toEqual(['opa'])
})

it('throws other bytes away and says both digests', async () => {
  const pinned = SHA256.replace(/^./u, (first) => (first === '0' ? '1' : '0'))
  expect(await fetchChecked({ url: `${origin}/opa`, sha256: pinned, target })).toContain(
    `has the SHA-256 ${SHA256}, not the pinned ${pinned}`,
  )
  expect(existsSync(target)).toBe(false)
})

it('says what the other side answered', async () => {
  expect(await fetchChecked({ url: `${origin}/gone`, sha256: SHA256, target })).toBe(`${origin}/gone answered 404`)
})

it('says when nobody is there', async () => {
  const refuse = () => Promise.reject(new TypeError('fetch failed'))
  expect(await fetchChecked({ url: `${origin}/opa`, sha256: SHA256, target, fetch: refuse })).toBe(
    `${origin}/opa cannot be reached (fetch failed)`,
  )
})
