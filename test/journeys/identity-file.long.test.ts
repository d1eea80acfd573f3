import { execFile } from 'node:child_process'
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startChild } from '../../gateway/commands/start-child.ts'
import { launchChromium } from '../support/chromium.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'
import { ServiceAdministrator } from '../support/service-administrator.ts'

const run = promisify(execFile)
const repository = new URL('../../', import.meta.url)
const program = (name: string): string => new URL(name, repository).pathname
let installation: RunningInstallation
let administrator: ServiceAdministrator
let browser: Browser

beforeAll(async () => {
  installation = await runInstallation()
  administrator = new ServiceAdministrator(await installation.signIn('ada'))
  browser = await launchChromium()
}, 120_000)
afterAll(async () => {
  await browser.close()
  await installation[Symbol.asyncDispose]()
})

/** As on a device whose programs want PEM: by OpenSSL, then `join --bundle`, and the agent runs with it. */
async function connects(device: string, file: string, passphrase: string): Promise<void> {
  const pem = `${file}.pem`
  await run('openssl', ['pkcs12', '-in', file, '-passin', `pass:${passphrase}`, '-nodes', '-out', pem])
  const config = join(installation.dataDir, `joined-${device}`, 'agent.json')
  await mkdir(join(installation.dataDir, `joined-${device}`))
  const gateway = [
    '--gateway',
    `127.0.0.1:${installation.ports.tunnel}`,
    '--est',
    installation.est,
    '--ca',
    installation.caFile,
    '--trust-domain',
    'test.sallyport.localhost',
  ]
  const machine = [
    '--device',
    device,
    '--name',
    device,
    '--site',
    'Hall',
    '--service',
    'hmi=http:127.0.0.1:9',
    '--operator',
    'Olga',
    '--panel-port',
    '0',
  ]
  await run(process.execPath, [program('agent/main.ts'), 'join', ...gateway, ...machine, '--bundle', pem, '--config', config])
  const written = JSON.parse(await readFile(config, 'utf8')) as object
  await writeFile(config, JSON.stringify({ ...written, remoteService: 'on' }))
  await chmod(config, 0o600)
  const agent = await startChild({
    name: 'agent',
    program: new URL('agent/main.ts', repository),
    args: ['--config', config],
    onLog: () => {},
  })
  try {
    await expect.poll(async () => (await administrator.device(device)).online, { timeout: 20_000 }).toBe(true)
  } finally {
    await agent.stop()
  }
}

it('an administrator makes it in the portal, and whoever has file and passphrase is the device', async () => {
  const page = await (await browser.newContext({ locale: 'en-GB', acceptDownloads: true })).newPage()
  await page.goto(`${installation.portal}/devices/flow-1`)
  await page
    .getByRole('button', { name: 'Sign in' })
    .or(page.getByRole('link', { name: 'Sign in' }))
    .click()
  await page.getByLabel('User name').fill('ada')
  await page.getByLabel('Password').fill(installation.password('ada'))
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: 'Identity as a file' }).click()
  const dialog = page.getByRole('dialog').last()
  await dialog.getByLabel('Key').selectOption('rsa-2048')
  await dialog.getByLabel('Days').fill('900')
  await dialog.getByRole('button', { name: 'Identity as a file' }).click()
  await dialog.getByText('1 to 825').last().waitFor()
  await dialog.getByLabel('Days').fill('30')
  await dialog.getByRole('button', { name: 'Identity as a file' }).click()
  const passphrase = await page.locator('.secret').innerText()
  const downloading = page.waitForEvent('download')
  await page.getByRole('link', { name: 'Download flow-1.p12' }).click()
  const file = join(installation.dataDir, 'flow-1.p12')
  await (await downloading).saveAs(file)
  await connects('flow-1', file, passphrase)
}, 120_000)

it('whoever has the gateway’s computer makes it there while the gateway stands, and not while it runs', async () => {
  const file = join(installation.dataDir, 'by-command.p12')
  const config = join(installation.dataDir, 'gateway.json')
  const command = ['device-bundle', 'flow-1', '--config', config, '--out', file, '--days', '10', '--json']
  const make = () => run(process.execPath, ['--disable-warning=ExperimentalWarning', program('gateway/main.ts'), ...command])
  await expect(make()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('in use by process') })
  await installation.gateway.stop()
  const { passphrase } = JSON.parse((await make()).stdout) as { passphrase: string }
  await expect(make()).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('is there already') })
  await installation.startGateway()
  const { late_renewal: late, certificate_expires_at: until } = await administrator.device('flow-1')
  expect([late, Math.round(((until ?? 0) - Date.now() / 1000) / 86_400)]).toEqual([null, 30])
  await run('rm', ['-rf', join(installation.dataDir, 'joined-flow-1')])
  await connects('flow-1', file, passphrase)
}, 120_000)
