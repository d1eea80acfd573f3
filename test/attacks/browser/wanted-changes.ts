import { expect } from 'vitest'
import { changingPanelRoutes } from '../../../agent/panel/panel-routes.ts'
import { addressOf, operationsOf, type Description } from '../../support/api-operations.ts'
import { CookieFetch } from '../../support/browser-less.ts'
import type { PortalClient } from '../../support/portal-client.ts'
import type { Heard, Wanted } from './forge.ts'
import type { PortalInBrowser } from './portal-in-browser.ts'

// What an attacker wants of the programs, by their own lists of routes, and how it went.

/** What an attacker would change, with bodies that would do it. */
export async function wantedOfApi(around: PortalInBrowser, ada: PortalClient, session: string): Promise<readonly Wanted[]> {
  const description = (await (await new CookieFetch().fetch(around.demo.description.api)).json()) as Description
  const { items } = (await ada.api<{ items: { id: string; username: string; version: number }[] }>('GET', '/api/v1/people')).body
  const [person] = items
  const reason = 'forged'
  const bodies: Readonly<Record<string, object>> = {
    'POST /api/v1/sessions': { machine: 'press-7', services: ['hmi'], purpose: 'forged request', duration_s: 600 },
    'POST /api/v1/sessions/{id}/extend': { duration_s: 600 },
    'POST /api/v1/sessions/{id}/messages': { text: 'from elsewhere' },
    'POST /api/v1/sessions/{id}/open': { service: 'hmi' },
    'POST /api/v1/people': {
      username: 'mallory',
      name: 'Mallory',
      roles: ['service_administrator'],
    },
    'PATCH /api/v1/people/{id}': { version: person?.version, roles: [] },
    'POST /api/v1/organisations': { name: 'Forged' },
    'PATCH /api/v1/devices/{id}': {
      version: (await ada.api<{ version: number }>('GET', '/api/v1/devices/press-7')).body.version,
      name: 'forged',
    },
    'POST /api/v1/command-lines': { code_challenge: 'c'.repeat(43) },
    'POST /api/v1/command-lines/token': { code: 'c'.repeat(43), code_verifier: 'v'.repeat(43) },
  }
  return operationsOf(description)
    .filter(({ method }) => method !== 'GET')
    .map((operation) => {
      const { name, method, path } = operation
      const id = path.includes('/people/')
        ? person?.id
        : path.includes('/sessions/')
          ? session
          : path.includes('/devices/')
            ? 'press-7'
            : undefined
      return { method, url: around.portal + addressOf(operation, id), body: bodies[name] ?? { reason } }
    })
}

/** What the installation holds, as its administrator sees it. */
export async function stateOfPortal(ada: PortalClient): Promise<string> {
  const lists = ['people', 'devices', 'organisations', 'sessions'].map(async (name) => (await ada.api('GET', `/api/v1/${name}`)).body)
  return still(await Promise.all(lists))
}
/** Without what moves by itself. */
export const still = (state: object): string =>
  JSON.stringify(state, (name, value: unknown) =>
    ['now', 'last_seen_at', 'open_streams', 'bytes_up', 'bytes_down', 'last_activity'].includes(name) ? undefined : value,
  )

/** What the panel does for the operator. */
export const wantedOfPanel = (origin: string, session: string): readonly Wanted[] =>
  changingPanelRoutes.map(({ method, path }) => ({
    method,
    url: origin + path.replace('{name}', path.includes('switches') ? 'hmi' : session),
    body: { code: 'guessed', operator: 'Olga Neumann', digest: 'guessed', how: 'not_today', enabled: false },
  }))

/** Of each address: what was answered. */
export function answersTo(heard: readonly Heard[], wanted: readonly Wanted[]): Record<string, number[]> {
  return Object.fromEntries(
    wanted.map(({ url }) => {
      const own = heard.filter((one) => one.url === url)
      // The attack was mounted: three forms, six scripted requests, a preflight and four elements came to the server.
      expect(own.length, url).toBeGreaterThanOrEqual(14)
      expect(new Set(own.map(({ kind }) => kind)), url).toEqual(expect.objectContaining({ size: 8 }))
      return [url, [...new Set(own.map(({ status }) => status))]]
    }),
  )
}
export const allAnswered = (wanted: readonly Wanted[], status: number): Record<string, number[]> =>
  Object.fromEntries(wanted.map(({ url }) => [url, [status]]))
