import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { createIdpAdminClient } from './idp-admin-client.ts'
import type { IdentityProvider } from './identity-provider.ts'
import { PeopleWorld } from './testing/people-world.ts'

/** The client, before a provider of which only the answers are known. */
async function withProvider(answer: RequestListener, run: (provider: IdentityProvider) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'people-'))
  const socket = join(folder, 'admin.sock')
  const server = createServer(answer).listen(socket)
  await once(server, 'listening')
  try {
    await run(createIdpAdminClient({ issuer: 'https://id.test', socket, token: 'the token' }))
  } finally {
    server.closeAllConnections()
    server.close()
    rmSync(folder, { recursive: true })
  }
}

const unreachable = { code: 'identity_provider_unreachable', remedy: 'retry' }
const never = new AbortController().signal

describe('the provider’s answers', () => {
  it.each<[string, RequestListener]>([
    ['no JSON', (_request, response) => void response.end('<html>')],
    ['another shape', (_request, response) => void response.end('{"changes":[{"n":"1"}],"last":1}')],
    ['more than a megabyte', (_request, response) => void response.end(`{"x":"${'x'.repeat(1_100_000)}"}`)],
    ['a broken connection', (request) => void request.socket.destroy()],
    [
      'half an answer',
      (request, response) =>
        void (response.writeHead(200, { 'content-length': 100 }), response.write('{'), setImmediate(() => request.socket.destroy())),
    ],
  ])('count as none where they are %s', async (_what, answer) => {
    await withProvider(answer, async (provider) => {
      await expect(provider.changes(0, 0, never)).rejects.toMatchObject(unreachable)
    })
  })

  it('that refuse are told on with code, words and fields', async () => {
    const problem = {
      code: 'username_taken',
      detail: 'Another account has this user name.',
      problems: [{ path: 'username', message: 'is taken' }],
    }
    await withProvider(
      (_request, response) => void response.writeHead(409, { 'content-type': 'application/problem+json' }).end(JSON.stringify(problem)),
      async (provider) => {
        await expect(provider.createAccount({ username: 'mia', name: 'Mia' })).rejects.toMatchObject({
          code: 'username_taken',
          remedy: 'conflict',
          message: problem.detail,
          problems: problem.problems,
        })
      },
    )
  })

  it('that refuse without a word are our bug, with no text of theirs', async () => {
    await withProvider(
      (_request, response) => void response.writeHead(500).end('stack trace'),
      async (provider) => {
        const refusal = provider.newSetupLink('x')
        await expect(refusal).rejects.toMatchObject({ code: 'identity_provider_refused', remedy: 'bug' })
        await expect(refusal).rejects.not.toThrow(/stack/)
      },
    )
  })

  it('are not waited for any more once nobody wants them', async () => {
    await withProvider(
      () => {},
      async (provider) => {
        const end = new AbortController()
        const waiting = provider.changes(0, 25, end.signal)
        end.abort()
        await expect(waiting).rejects.toMatchObject({ name: 'AbortError' })
      },
    )
  })
})

it('leaves the path for no id, however it is written', async () => {
  const paths: string[] = []
  await withProvider(
    (request, response) => {
      paths.push(request.url ?? '')
      response.writeHead(404).end('{}')
    },
    async (provider) => {
      for (const id of ['../feed?after=9', 'a/b', 'a#b', '%2e%2e'])
        await expect(provider.account(id)).rejects.toMatchObject({ remedy: 'not_found' })
      await expect(provider.findAccount('a&limit=1#?x')).rejects.toMatchObject({ remedy: 'not_found' })
    },
  )
  expect(paths.slice(0, 4).every((path) => /^\/admin\/accounts\/[^/?#]+$/.test(path))).toBe(true)
  expect(paths[4]).toBe('/admin/accounts?username=a%26limit%3D1%23%3Fx')
})

it('reads all accounts in pages, and finds one by its whole name', async () => {
  await using world = await PeopleWorld.make()
  for (let n = 0; n < 205; n += 1) await world.room.provider.createAccount({ username: `person-${n}`, name: 'P' })
  const first = await world.room.provider.accounts(null, never)
  expect(first.items).toHaveLength(200)
  const second = await world.room.provider.accounts(first.next, never)
  expect(second).toMatchObject({ next: null })
  expect(new Set([...first.items, ...second.items].map(({ subject }) => subject)).size).toBe(205)
  expect((await world.room.provider.findAccount('PERSON-20'))?.username).toBe('person-20')
  expect(await world.room.provider.findAccount('person')).toBeUndefined()
})
