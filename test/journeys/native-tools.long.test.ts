import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createHash, randomBytes } from 'node:crypto'
import { readFile, writeFile } from 'node:fs/promises'
import { hostname, userInfo } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { allowInBrowser } from '../support/allow-in-browser.ts'
import { commandLine, type RunningCommand } from '../support/command-line.ts'
import { runProgram } from '../support/native-program.ts'
import { startPostgres, startSshd, type NativeServer } from '../support/native-servers.ts'
import type { PanelClient } from '../support/panel-client.ts'
import { ServiceAdministrator } from '../support/service-administrator.ts'
import { untilOnline } from '../support/technician-at-work.ts'
import { runInstallation, type RunningInstallation } from '../support/running-installation.ts'

const operator = 'Olga Neumann'

describe('native tools and servers that nobody here wrote', () => {
  let postgres: NativeServer
  let sshd: NativeServer
  let installation: RunningInstallation
  let panel: PanelClient
  let forwards: { db: RunningCommand; shell: RunningCommand }
  let ports: { db: number; shell: number }

  beforeAll(async () => {
    postgres = await startPostgres()
    sshd = await startSshd()
    installation = await runInstallation({
      agent: {
        services: {
          db: { kind: 'tcp', target: `127.0.0.1:${postgres.port}`, title: 'Database' },
          shell: { kind: 'ssh', target: `127.0.0.1:${sshd.port}`, title: 'Shell' },
        },
      },
    })
    panel = await installation.panel()
    const run = commandLine(join(installation.dataDir, 'home'))
    const mia = await installation.signIn('mia')
    const login = run('login', installation.portal, '--no-browser')
    await allowInBrowser(mia, await login.lineSaid(/\/command-line\?/))
    expect(await login.ended).toBe(0)
    await untilOnline(mia)
    const ada = new ServiceAdministrator(await installation.signIn('ada'))
    await ada.change('mia', { permissions: ['remote_access', 'service_ssh', 'service_tcp'] })
    // One session for both services; each command leads one of them here.
    const asked = await mia.api<{ id: string }>('POST', '/api/v1/sessions', {
      machine: 'press-7',
      services: ['db', 'shell'],
      purpose: 'Look at the production counters',
      duration_s: 1800,
    })
    expect(asked).toMatchObject({ status: 201 })
    await panel.waitFor((state) => state.request !== null)
    expect((await panel.approve(asked.body.id, { operator, services: ['db', 'shell'] })).ok).toBe(true)
    forwards = { db: run('forward', 'press-7/db', '--json'), shell: run('forward', 'press-7/shell', '--json') }
    const portOf = async (command: RunningCommand) => (JSON.parse(await command.lineOut(/"port"/)) as { port: number }).port
    ports = { db: await portOf(forwards.db), shell: await portOf(forwards.shell) }
  }, 120_000)

  afterAll(async () => {
    for (const server of [installation, postgres, sshd]) await server[Symbol.asyncDispose]()
  })

  const psql = async (...args: string[]): Promise<string> => {
    const target = ['-X', '-h', '127.0.0.1', '-p', String(ports.db), '-U', 'technician', '-d', 'postgres', '-At']
    return (await runProgram('psql', [...target, ...args], { maxBuffer: 64 * 1024 * 1024 })).stdout
  }
  const sshOptions = (): string[] => [
    `-i${join(sshd.folder, 'key')}`,
    `-oUserKnownHostsFile=${join(sshd.folder, 'known')}`,
    '-oStrictHostKeyChecking=accept-new',
    '-oBatchMode=yes',
    '-oLogLevel=ERROR',
  ]
  const ssh = (...command: string[]): [string, string[]] => {
    return ['ssh', [...sshOptions(), '-p', String(ports.shell), `${userInfo().username}@127.0.0.1`, ...command]]
  }

  it('psql asks a real PostgreSQL and gets every row', async () => {
    expect(await psql('-c', 'select sum(n) from generate_series(1, 100000) n')).toBe('5000050000\n')
    const rows = (await psql('-c', 'select n, md5(n::text) from generate_series(1, 200000) n')).trimEnd().split('\n')
    expect(rows).toHaveLength(200_000)
    expect(rows.at(-1)).toBe(`200000|${createHash('md5').update('200000').digest('hex')}`)
  }, 60_000)

  it('psql restores what it dumps: a copy in and out is the same', async () => {
    const lines = Array.from({ length: 50_000 }, (_, n) => `${n}\t${randomBytes(20).toString('hex')}`).join('\n')
    const file = join(sshd.folder, 'rows.tsv')
    await writeFile(file, `${lines}\n`)
    await psql('-c', 'create table counters (n int, value text)', '-c', `\\copy counters from '${file}'`)
    await psql('-c', `\\copy (select * from counters order by n) to '${file}.back'`)
    expect((await readFile(`${file}.back`)).equals(await readFile(file))).toBe(true)
  }, 60_000)

  it('ssh runs commands on a real sshd, and scp carries 50 MB both ways whole', async () => {
    const [program, args] = ssh('hostname')
    expect((await runProgram(program, args)).stdout.trim()).toBe(hostname())
    const file = join(sshd.folder, 'big')
    await writeFile(file, randomBytes(50 * 1024 * 1024))
    const remote = (path: string): string => `${userInfo().username}@127.0.0.1:${path}`
    const scp = (from: string, to: string) => runProgram('scp', [...sshOptions(), '-P', String(ports.shell), from, to])
    await scp(file, remote(`${file}.there`))
    await scp(remote(`${file}.there`), `${file}.back`)
    const digest = async (path: string): Promise<string> =>
      createHash('sha256')
        .update(await readFile(path))
        .digest('hex')
    expect(await digest(`${file}.back`)).toBe(await digest(file))
  }, 120_000)

  it('lose their connections within a second when the operator presses End, and are told who did', async () => {
    const [program, args] = ssh('echo', 'in;', 'sleep', '600')
    const shell = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    await once(shell.stdout, 'data')
    const over = once(shell, 'exit')
    const pressedAt = performance.now()
    await panel.end(operator)
    const [code] = (await over) as [number]
    expect(performance.now() - pressedAt).toBeLessThan(1_000)
    expect(code).toBe(255)
    expect(await forwards.db.ended).toBe(1)
    expect(await forwards.shell.ended).toBe(1)
    expect(forwards.shell.said.at(-1)).toContain('ended the session at Press 7')
  }, 60_000)
})
