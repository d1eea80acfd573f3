import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { ensureNodeRed, nodeRedFolder, nodeRedIsReady } from './ensure-node-red.mjs'

let root = ''
let calls: { node: string; cwd: string; args: readonly string[] }[] = []
beforeEach(() => {
  // What it says is true of a real installation only.
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
  root = mkdtempSync(join(tmpdir(), 'sallyport-node-red-setup-'))
  calls = []
  mkdirSync(join(root, 'test/machines/node-red'), { recursive: true })
  writeFileSync(join(root, 'test/machines/node-red/package.json'), '{}')
  lockFile('one')
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(root, { recursive: true, force: true })
})

const lockFile = (text: string) => writeFileSync(join(root, 'test/machines/node-red/package-lock.json'), text)
const answer =
  (code: number, output = '') =>
  (options: (typeof calls)[number]) => {
    calls.push(options)
    return Promise.resolve({ code, output })
  }
const ensure = (npm = answer(0)) => ensureNodeRed({ root, node: '/node/24/bin/node', npm })

it('installs what the lock file says outside of the sources, under the given Node and without install scripts', async () => {
  await ensure()
  const folder = nodeRedFolder(root)
  expect(calls).toEqual([{ node: '/node/24/bin/node', cwd: folder, args: ['ci', '--include=optional', '--ignore-scripts'] }])
  expect(readFileSync(join(folder, 'package-lock.json'), 'utf8')).toBe('one')
  expect(nodeRedIsReady(root)).toBe(true)
})

it('does nothing the second time', async () => {
  await ensure()
  await ensure()
  expect(calls).toHaveLength(1)
})

it('installs anew, from nothing, when the lock file has changed', async () => {
  await ensure()
  writeFileSync(join(nodeRedFolder(root), 'left-over'), '')
  lockFile('two')
  expect(nodeRedIsReady(root)).toBe(false)
  await ensure()
  expect(calls).toHaveLength(2)
  expect(existsSync(join(nodeRedFolder(root), 'left-over'))).toBe(false)
})

it('says in one sentence why it cannot be had, and tries again the next time', async () => {
  const failed = ensure(answer(1, 'npm error code ENOTFOUND\nnpm error network request failed\n'))
  await expect(failed).rejects.toThrow(
    /^The tests need Node-RED, which could not be installed \(npm: code ENOTFOUND, network request failed\): [^\n]+\.$/u,
  )
  expect(nodeRedIsReady(root)).toBe(false)
  await ensure()
  expect(nodeRedIsReady(root)).toBe(true)
})
