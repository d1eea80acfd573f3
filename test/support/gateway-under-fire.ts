import { readFile } from 'node:fs/promises'
import { expect } from 'vitest'
import { operationsOf, type Description, type Operation } from './api-operations.ts'
import type { PortalClient } from './portal-client.ts'
import { RawHttp, type RawAnswer, type RawRequest } from './raw-http.ts'
import { runInstallation } from './running-installation.ts'
import { ServiceAdministrator } from './service-administrator.ts'
import { stored } from './stored-digests.ts'
import { untilOnline } from './technician-at-work.ts'

export type Who = 'nobody' | 'technician' | 'security' | 'administrator'

/** A whole installation with a machine at it, and everything that its API says it can be asked. */
export interface GatewayUnderFire extends AsyncDisposable {
  readonly portal: string
  readonly operations: readonly Operation[]
  /** What the browser of this person sends: cookie and CSRF token. */
  headersOf(who: Who): Readonly<Record<string, string>>
  send(who: Who, request: RawRequest): Promise<RawAnswer>
  /** A digest of each table. */
  stored(): Record<string, string>
  residentMiB(): Promise<number>
  /** Runs a barrage; afterwards the gateway is alive, its stores are as they were, and nothing failed on its side. */
  changesNothing(barrage: () => Promise<void>): Promise<void>
}

const accounts = { technician: 'mia', security: 'sam', administrator: 'ada' } as const

export async function gatewayUnderFire(): Promise<GatewayUnderFire> {
  const installation = await runInstallation({ gateway: { limits: { portalRequestsPerSecond: 5_000 } } })
  const http = new RawHttp(installation.portal)
  const people = new Map<Who, Record<string, string>>([['nobody', {}]])
  // What only the security team may is tried as well: refused for another reason, nothing would be shown.
  const office = new ServiceAdministrator(await installation.signIn(accounts.administrator))
  await office.change(accounts.administrator, { roles: ['service_administrator', 'security_team'] })
  for (const [who, username] of Object.entries(accounts)) people.set(who as Who, browserOf(await installation.signIn(username)))
  await untilOnline(await installation.signIn('mia'))
  const { text } = await http.send({ method: 'GET', path: '/api/v1/openapi.json' })
  return {
    portal: installation.portal,
    operations: operationsOf(JSON.parse(text) as Description),
    headersOf: (who) => people.get(who) ?? {},
    send: (who, request) => http.send({ ...request, headers: { ...people.get(who), ...request.headers } }),
    stored: () => stored(installation.dataDir),
    async residentMiB() {
      const status = await readFile(`/proc/${installation.gateway.pid}/status`, 'utf8')
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1024
    },
    async changesNothing(barrage) {
      const before = stored(installation.dataDir)
      expect(Object.keys(before).length).toBeGreaterThan(8)
      await barrage()
      expect(stored(installation.dataDir)).toEqual(before)
      expect(installation.gateway.process.exitCode).toBeNull()
      expect(installation.log.filter((line) => /"level":(?:50|60)/.test(line))).toEqual([])
    },
    async [Symbol.asyncDispose]() {
      http.close()
      await installation[Symbol.asyncDispose]()
    },
  }
}

const browserOf = ({ browser, portal, csrf }: PortalClient): Record<string, string> => ({
  cookie: browser.cookieHeader(new URL(portal).host),
  'sallyport-csrf': csrf,
})

/** As many at a time as a browser would have. */
export async function each<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const left = [...items]
  const worker = async (): Promise<void> => {
    for (let item = left.shift(); item !== undefined; item = left.shift()) await work(item)
  }
  await Promise.all([worker(), worker(), worker(), worker(), worker(), worker()])
}
