import { request } from 'node:http'
import { join } from 'node:path'
import { cpSync, renameSync, rmSync, statSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startFlow } from '../test-support/sign-in-flow.ts'
import { TestBrowser } from '../test-support/test-browser.ts'
import { issuer, redirectUri, TestIdp } from '../test-support/test-idp.ts'
import { testJpeg } from '../test-support/test-jpeg.ts'

let idp: TestIdp
const nobody = '0'.repeat(32)

beforeAll(async () => {
  idp = await TestIdp.start()
})
afterAll(() => idp[Symbol.asyncDispose]())

const create = async (username: string, more: object = {}): Promise<string> => {
  const { status, json } = await idp.admin('POST', '/admin/accounts', { username, name: `Name of ${username}`, ...more })
  expect(status).toBe(201)
  return String(json.account.sub)
}

describe('the door', () => {
  it('is a socket of this user alone', () => {
    for (const name of ['admin.sock', 'public.sock']) expect(statSync(join(idp.folder, name)).mode & 0o777).toBe(0o600)
    expect(statSync(join(idp.folder, 'data', 'idp.sqlite')).mode & 0o777).toBe(0o600)
  })

  it('lets the group in where the settings say so, and nobody else', async () => {
    await using shared = await TestIdp.start({ socketMode: '0660' })
    for (const name of ['admin.sock', 'public.sock']) expect(statSync(join(shared.folder, name)).mode & 0o777).toBe(0o660)
    expect(statSync(join(shared.folder, 'data', 'idp.sqlite')).mode & 0o777).toBe(0o600)
  })

  it('opens only with the token', async () => {
    for (const authorization of ['', 'Bearer wrong', 'Basic abc', 'bearer an-admin-token-for-tests-0123456789abcdef']) {
      const answer = await idp.admin('GET', '/admin/health', undefined, { authorization })
      expect(answer.status).toBe(401)
      expect(answer.json.code).toBe('unauthorized')
    }
    expect((await idp.admin('GET', '/admin/health')).json).toEqual({ status: 'ok', issuer })
  })

  it('is not to be found on the public side', async () => {
    expect((await idp.fetch(`${issuer}/admin/health`)).status).toBe(404)
  })
})

describe('accounts', () => {
  it('are created with a set-up link and without a password', async () => {
    const { status, json } = await idp.admin('POST', '/admin/accounts', {
      username: 'Mia.Muster',
      name: '  Mia Muster ',
      email: 'mia@example.test',
      locale: 'de',
    })
    expect(status).toBe(201)
    expect(json.account).toMatchObject({
      username: 'Mia.Muster',
      name: 'Mia Muster',
      email: 'mia@example.test',
      status: 'active',
      has_photo: false,
      photo_sha256: null,
      has_password: false,
      last_sign_in_at: null,
    })
    expect(json.account.sub).toMatch(/^[0-9a-f]{32}$/)
    expect(json.setup_url).toMatch(new RegExp(`^${issuer}/setup/[\\w-]{43}$`))
    expect(json.setup_expires_at - json.account.created_at).toBe(86_400)
    expect((await idp.admin('GET', `/admin/accounts/${json.account.sub}`)).json).toEqual(json.account)
  })

  it('that are made disabled are of no use to anybody, their link neither, until they are enabled', async () => {
    const { status, json } = await idp.admin('POST', '/admin/accounts', { username: 'waiting', name: 'Waiting', status: 'disabled' })
    expect(status).toBe(201)
    expect(json.account.status).toBe('disabled')
    expect((await idp.fetch(json.setup_url)).status).toBe(404)
    expect((await idp.admin('PATCH', `/admin/accounts/${json.account.sub}`, { status: 'active' })).json.status).toBe('active')
    expect((await idp.fetch(json.setup_url)).status).toBe(200)
  })

  it('are found by their whole user name in any case', async () => {
    await create('exactly')
    await create('exactly-not')
    const found = await idp.admin('GET', '/admin/accounts?username=EXACTLY')
    expect(found.json.items.map(({ username }: { username: string }) => username)).toEqual(['exactly'])
    expect((await idp.admin('GET', '/admin/accounts?username=exact')).json.items).toEqual([])
  })

  it('have a user name of their own in any case of letters', async () => {
    await create('unique')
    const { status, type, json } = await idp.admin('POST', '/admin/accounts', { username: 'UNIQUE', name: 'x' })
    expect(status).toBe(409)
    expect(type).toContain('application/problem+json')
    expect(json).toMatchObject({ status: 409, code: 'username_taken' })
  })

  it('name every problem of the input with its path', async () => {
    const { status, json } = await idp.admin('POST', '/admin/accounts', { username: 'a b', name: 'Mia\u202eaiM', email: 'x', shared: true })
    expect(status).toBe(400)
    expect(json.problems.map(({ path }: { path: string }) => path).toSorted()).toEqual(['', 'email', 'name', 'username'])
  })

  it.each([
    ['nothing', undefined],
    ['a list', []],
    ['text', '"text"'],
    ['broken JSON', '{"username":'],
    ['wrong types', { username: 7, name: ['x'] }],
    ['a prototype', '{"__proto__": {"username": "x"}, "username": "abc", "name": "x"}'],
    ['a password outside the demo', { username: 'abc', name: 'x', initial_password: 'a fine long sentence' }],
    ['control characters', { username: 'abc', name: 'a\nb' }],
    ['an endless name', { username: 'abc', name: 'x'.repeat(500_000) }],
    ['an endless user name', { username: 'x'.repeat(65), name: 'x' }],
  ])('refuse %s', async (_what, body) => {
    const { status, json } = await idp.admin('POST', '/admin/accounts', body)
    expect([400, 415]).toContain(status)
    expect(json.code).toBeTypeOf('string')
  })

  it('refuse more than a megabyte', async () => {
    const { status, json } = await idp.admin('POST', '/admin/accounts', { username: 'abc', name: 'x'.repeat(1_100_000) })
    expect(status).toBe(413)
    expect(json.code).toBe('body_too_large')
  })

  it('answer clearly for ids that do not exist, are malformed, or try to leave the path', async () => {
    for (const id of [nobody, 'x', '..%2f..%2fetc', '%00', 'A'.repeat(32), "' OR 1=1", '%ff', 'x'.repeat(400)]) {
      const { status, json } = await idp.admin('GET', `/admin/accounts/${id.replaceAll(' ', '%20')}`)
      expect([400, 404, 414], id).toContain(status)
      expect(json.code, id).toBeTypeOf('string')
    }
    const raw = await new Promise<number | undefined>((resolve, reject) => {
      request({ socketPath: join(idp.folder, 'admin.sock'), path: '/admin/../../etc/passwd' }, (response) =>
        resolve(response.resume().statusCode),
      )
        .on('error', reject)
        .end()
    })
    expect([401, 404]).toContain(raw)
  })

  it('are listed in pages, searched and filtered', async () => {
    for (const name of ['page-a', 'page-b', 'page-c']) await create(name)
    const first = await idp.admin('GET', '/admin/accounts?search=PAGE-&limit=2')
    expect(first.json.items.map(({ username }: { username: string }) => username)).toEqual(['page-a', 'page-b'])
    const second = await idp.admin('GET', `/admin/accounts?search=page-&limit=2&after=${first.json.next}`)
    expect(second.json).toMatchObject({ items: [{ username: 'page-c' }], next: null })
    expect((await idp.admin('GET', '/admin/accounts?search=%25')).json.items).toEqual([])
    expect((await idp.admin('GET', '/admin/accounts?status=disabled')).json.items).toEqual([])
    for (const bad of ['limit=0', 'limit=1000', 'limit=x', 'status=gone', 'after=x', 'unknown=1']) {
      expect((await idp.admin('GET', `/admin/accounts?${bad}`)).status, bad).toBe(400)
    }
  })

  it('change by PATCH and only what may change', async () => {
    const sub = await create('changing', { email: 'a@b.test' })
    const { json } = await idp.admin('PATCH', `/admin/accounts/${sub}`, { name: 'New Name', email: null })
    expect(json).toMatchObject({ name: 'New Name', email: null, username: 'changing' })
    for (const bad of [{}, { username: 'x' }, { status: 'gone' }, { name: null }, { sub: nobody }]) {
      expect((await idp.admin('PATCH', `/admin/accounts/${sub}`, bad)).status).toBe(400)
    }
    expect((await idp.admin('PATCH', `/admin/accounts/${nobody}`, { name: 'x' })).status).toBe(404)
  })

  it('when disabled lose their sessions at once and cannot sign in, and get no link', async () => {
    const client = await idp.client()
    const password = 'four random kitchen words'
    const sub = await idp.person('leaver', password)
    const browser = new TestBrowser(idp)
    const flow = await startFlow(client, browser)
    await browser.signIn(flow.page, 'leaver', password)
    expect((await startFlow(client, browser)).page.url.href.startsWith(redirectUri)).toBe(true)
    await idp.admin('PATCH', `/admin/accounts/${sub}`, { status: 'disabled' })
    const after = await startFlow(client, browser)
    expect(after.page.url.pathname).toMatch(/^\/interaction\//)
    expect((await browser.signIn(after.page, 'leaver', password)).status).toBe(422)
    expect((await idp.admin('POST', `/admin/accounts/${sub}/setup-link`)).json.code).toBe('account_disabled')
    await idp.admin('PATCH', `/admin/accounts/${sub}`, { status: 'active' })
    expect((await startFlow(client, browser)).page.url.pathname).toMatch(/^\/interaction\//)
  })
})

describe('photos', () => {
  it('are kept as they came and named by their digest', async () => {
    const sub = await create('photographed')
    const jpeg = testJpeg(96, 96)
    const put = await idp.admin('PUT', `/admin/accounts/${sub}/photo`, jpeg, { 'content-type': 'image/jpeg' })
    expect(put.status).toBe(200)
    expect(put.json).toMatchObject({ has_photo: true, photo_sha256: expect.stringMatching(/^[A-Za-z0-9+/]{43}=$/) })
    const got = await idp.admin('GET', `/admin/accounts/${sub}/photo`)
    expect(got.type).toBe('image/jpeg')
    expect(got.bytes.equals(jpeg)).toBe(true)
    expect((await idp.admin('DELETE', `/admin/accounts/${sub}/photo`)).status).toBe(204)
    expect((await idp.admin('GET', `/admin/accounts/${sub}/photo`)).status).toBe(404)
  })

  it('are refused when they are something else, too large or too wide', async () => {
    const sub = await create('unphotographed')
    const put = (body: Uint8Array, type = 'image/jpeg'): ReturnType<TestIdp['admin']> =>
      idp.admin('PUT', `/admin/accounts/${sub}/photo`, body, { 'content-type': type })
    expect((await put(Buffer.from('<svg onload=alert(1)>'))).status).toBe(400)
    expect((await put(Buffer.from([0xff, 0xd8, 0xff, 0xd9]))).status).toBe(400)
    expect((await put(testJpeg(1025, 10))).status).toBe(413)
    expect((await put(Buffer.concat([testJpeg(10, 10), Buffer.alloc(65 * 1024)]))).status).toBe(413)
    expect((await put(testJpeg(10, 10), 'image/png')).status).toBe(415)
    expect((await idp.admin('PUT', `/admin/accounts/${nobody}/photo`, testJpeg(10, 10), { 'content-type': 'image/jpeg' })).status).toBe(404)
    expect((await idp.admin('GET', `/admin/accounts/${sub}`)).json.has_photo).toBe(false)
  })
})

describe('the feed', () => {
  it('tells each change in order until it is acknowledged, also over a restart', async () => {
    await using fresh = await TestIdp.start()
    const created = await fresh.admin('POST', '/admin/accounts', { username: 'feed', name: 'Feed' })
    const sub = created.json.account.sub
    await fresh.admin('PATCH', `/admin/accounts/${sub}`, { name: 'Fed', status: 'disabled' })
    await fresh.admin('PATCH', `/admin/accounts/${sub}`, { name: 'Fed' })
    await fresh.restart()
    const all = (await fresh.admin('GET', '/admin/feed')).json
    expect(all.changes).toMatchObject([
      { type: 'account.created', sub },
      { type: 'account.profile', sub, name: 'Fed' },
      { type: 'account.status', sub, status: 'disabled' },
    ])
    const [first, second, third] = all.changes.map(({ n }: { n: number }) => n)
    expect(all.last).toBe(third)
    expect(first < second && second < third).toBe(true)
    expect((await fresh.admin('GET', `/admin/feed?after=${second}`)).json.changes).toHaveLength(1)
    // What was acknowledged last stays: by it the reader is known again.
    expect((await fresh.admin('GET', '/admin/feed?after=0')).json.changes.map(({ n }: { n: number }) => n)).toEqual([second, third])
    await fresh.admin('GET', `/admin/feed?after=${third}`)
    await fresh.restart()
    await fresh.admin('PUT', `/admin/accounts/${sub}/photo`, testJpeg(8, 8), { 'content-type': 'image/jpeg' })
    const after = (await fresh.admin('GET', `/admin/feed?after=${third}`)).json
    expect(after).toMatchObject({ changes: [{ type: 'account.photo' }], last: after.changes[0].n })
  })

  it('knows a reader of another history: acknowledged and gone, never given, or of another database', async () => {
    await using fresh = await TestIdp.start()
    const numbers: number[] = []
    for (const username of ['aa', 'bb', 'cc']) {
      await fresh.admin('POST', '/admin/accounts', { username, name: username })
      numbers.push((await fresh.admin('GET', '/admin/feed')).json.last)
    }
    const [first = 0, second = 0, third = 0] = numbers
    await fresh.admin('GET', `/admin/feed?after=${second}`)
    for (const other of [first, second - 1, third + 1]) {
      const { json, status } = await fresh.admin('GET', `/admin/feed?after=${other}`)
      expect(status, String(other)).toBe(409)
      expect(json.code).toBe('feed_rewound')
    }
    expect((await fresh.admin('GET', `/admin/feed?after=${second}`)).json.changes).toHaveLength(1)
  })

  it('gives other numbers when a backup of it goes on by itself', async () => {
    await using fresh = await TestIdp.start()
    await fresh.admin('POST', '/admin/accounts', { username: 'before', name: 'Before' })
    await fresh.stop()
    cpSync(join(fresh.folder, 'data'), join(fresh.folder, 'backup'), { recursive: true })
    await fresh.restart()
    for (const username of ['aa', 'bb']) await fresh.admin('POST', '/admin/accounts', { username, name: username })
    const { last } = (await fresh.admin('GET', '/admin/feed')).json
    await fresh.stop()
    rmSync(join(fresh.folder, 'data'), { recursive: true })
    renameSync(join(fresh.folder, 'backup'), join(fresh.folder, 'data'))
    await fresh.restart()
    for (const username of ['cc', 'dd']) await fresh.admin('POST', '/admin/accounts', { username, name: username })
    expect((await fresh.admin('GET', `/admin/feed?after=${last}`)).json.code).toBe('feed_rewound')
  })

  it('wakes a reader who waits', async () => {
    const { last } = (await idp.admin('GET', '/admin/feed')).json
    const waiting = idp.admin('GET', `/admin/feed?after=${last}&wait=25`)
    const sub = await create('woken')
    expect((await waiting).json.changes).toMatchObject([{ type: 'account.created', sub }])
  })

  it('refuses numbers that are none', async () => {
    for (const bad of ['after=-1', 'after=1.5', 'after=x', 'wait=26', 'wait=-1'])
      expect((await idp.admin('GET', `/admin/feed?${bad}`)).status, bad).toBe(400)
  })
})
