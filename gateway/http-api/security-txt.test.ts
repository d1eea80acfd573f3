import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { apiWorld } from './testing/api-world.ts'

/* RFC 9116. */

let pagesDir: string
beforeAll(async () => {
  pagesDir = await mkdtemp(join(tmpdir(), 'pages-'))
  await mkdir(join(pagesDir, 'assets'))
  await writeFile(join(pagesDir, 'index.html'), '<p>the portal</p>')
})
afterAll(() => rm(pagesDir, { recursive: true }))

const accept = { accept: 'text/html' }
const asked = { method: 'GET', url: '/.well-known/security.txt', headers: accept } as const
const contacts = ['mailto:security@example.com', 'https://example.com/report']
const expires = '2027-11-01T00:00:00Z'

it('names whom the operator set, until when, in which languages, and where it stands', async () => {
  await using world = await apiWorld({ pagesDir, securityContact: { contacts, expires, policy: 'https://example.com/policy' } })
  const answer = await world.send('nobody', asked)
  expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8'])
  expect(answer.body.split('\n')).toEqual([
    'Contact: mailto:security@example.com',
    'Contact: https://example.com/report',
    'Expires: 2027-11-01T00:00:00Z',
    'Preferred-Languages: en, de',
    expect.stringMatching(/^Canonical: https?:\/\/[^/]+\/\.well-known\/security\.txt$/),
    'Policy: https://example.com/policy',
    '',
  ])
})

it('is not there where nobody is named, not even as a page of the portal, and none that has run out', async () => {
  await using world = await apiWorld({ pagesDir })
  expect((await world.send('nobody', asked)).statusCode).toBe(404)
  const soon = new Date(world.clock.nowMs() + 2_000).toISOString()
  await using later = await apiWorld({ pagesDir, securityContact: { contacts, expires: soon, policy: null } })
  later.clock.advance(1_999)
  expect((await later.send('nobody', asked)).statusCode).toBe(200)
  later.clock.advance(1)
  expect((await later.send('nobody', asked)).statusCode).toBe(404)
})
