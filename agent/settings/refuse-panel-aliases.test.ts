import { expect, it } from 'vitest'
import { readSettings } from './read-settings.ts'
import { refusePanelAliases } from './refuse-panel-aliases.ts'
import type { Resolve } from './refuse-panel-aliases.ts'

const panelPort = 7080

function check(target: string, addresses: Readonly<Record<string, string[]>>): Promise<void> {
  const settings = readSettings({
    text: JSON.stringify({
      gateway: { tunnel: 'gw:1', est: 'https://gw:2', caFile: 'ca.pem', trustDomain: 'acme.example' },
      device: { id: 'press-1', name: 'P', site: 'S' },
      stateDir: '/tmp',
      panel: { port: 0 },
      operators: ['O'],
      services: { plc: { kind: 'tcp', target }, other: { kind: 'http', target: '127.0.0.1:8080' } },
    }),
    baseDir: '/',
    defaultPagesDir: '/',
  })
  const resolve: Resolve = (host) => {
    const found = addresses[host]
    return found === undefined ? Promise.reject(new Error('ENOTFOUND')) : Promise.resolve(found.map((address) => ({ address })))
  }
  return refusePanelAliases(settings, panelPort, resolve)
}

it.each([
  ['127.0.0.1', ['127.0.0.1']],
  ['one of several', ['192.168.1.7', '::1']],
  ['a mapped address', ['::ffff:127.0.0.1']],
])("refuses a service at the panel's port whose name leads to %s", async (_what, addresses) => {
  await expect(check(`hmi.plant:${panelPort}`, { 'hmi.plant': addresses })).rejects.toMatchObject({
    code: 'bad_settings',
    problems: [{ path: 'services.plc.target', message: expect.stringContaining("panel's own port") }],
  })
})

it.each([
  ['another machine', `hmi.plant:${panelPort}`, { 'hmi.plant': ['192.168.1.7'] }],
  ['another port of this machine', 'hmi.plant:8080', { 'hmi.plant': ['127.0.0.1'] }],
  ['a name that nobody knows yet', `hmi.plant:${panelPort}`, {}],
])('takes a service at %s', async (_what, target, addresses) => {
  await expect(check(target, addresses)).resolves.toBeUndefined()
})
