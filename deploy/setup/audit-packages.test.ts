import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { auditOf } from './audit-packages.mjs'

/* npm itself, asking a registry of ours about a lock file of ours. */

let folder = ''
let registry: Server | undefined
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sallyport-audit-'))
  const dependencies = { 'left-pad': '1.0.0' }
  const packages = { '': { name: 'x', version: '1.0.0', dependencies }, 'node_modules/left-pad': { version: '1.0.0' } }
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'x', version: '1.0.0', dependencies }))
  writeFileSync(join(folder, 'package-lock.json'), JSON.stringify({ name: 'x', version: '1.0.0', lockfileVersion: 3, packages }))
})
afterEach(() => {
  registry?.closeAllConnections()
  registry?.close()
  rmSync(folder, { recursive: true, force: true })
})

async function audit(answer: RequestListener) {
  registry = createServer(answer)
  await new Promise<void>((resolve) => registry?.listen(0, '127.0.0.1', resolve))
  const { port } = registry.address() as AddressInfo
  return auditOf({
    node: process.execPath,
    cwd: folder,
    more: [`--registry=http://127.0.0.1:${port}/`, `--cache=${join(folder, 'cache')}`],
  })
}
const advisories =
  (found: object): RequestListener =>
  (request, response) => {
    const asked = request.url === '/-/npm/v1/security/advisories/bulk'
    response.writeHead(asked ? 200 : 404, { 'content-type': 'application/json' }).end(JSON.stringify(asked ? found : {}))
  }

it('names each package with a known vulnerability', async () => {
  const advisory = { id: 1, url: 'https://example.test/GHSA-1', title: 'pads', severity: 'high', vulnerable_versions: '<2', cwe: [] }
  const cvss = { score: 7, vectorString: null }
  expect(await audit(advisories({ 'left-pad': [{ ...advisory, cvss }] }))).toEqual({
    kind: 'findings',
    findings: [expect.stringMatching(/^left-pad: high https:\/\/example\.test\/GHSA-1$/u)],
  })
}, 60_000)

it('is content with an answer that names none', async () => {
  expect(await audit(advisories({}))).toEqual({ kind: 'clean' })
}, 60_000)

it('takes no silence for an answer: a registry that knows no audits leaves it open', async () => {
  expect(await audit((_request, response) => void response.writeHead(405).end())).toEqual({
    kind: 'unanswered',
    why: expect.stringMatching(/405/u),
  })
}, 60_000)
