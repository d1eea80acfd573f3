import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { nothingWired, systemdUnit, unitName } from './systemd-unit.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-unit-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

describe('the unit', () => {
  it('quotes what means something to systemd', () => {
    const unit = systemdUnit({
      program: ['/opt/a b/agent'],
      config: '/var/lib/x/100%$HOME".json',
      stateDirectory: 'x',
      credential: null,
      wired: nothingWired,
    })
    expect(unit).toContain('ExecStart="/opt/a b/agent" run --config "/var/lib/x/100%%$$HOME\\".json"\n')
  })

  it('that comes with a release for an installation by hand is the one that is written', async () => {
    const byHand = systemdUnit({
      program: ['/opt/sallyport/node_modules/.bin/sallyport-agent'],
      config: '/var/lib/sallyport-agent/agent.json',
      stateDirectory: 'sallyport-agent',
      credential: null,
      wired: nothingWired,
    })
    // Written anew by: vitest run --config test/vitest.config.ts agent/commands/systemd-unit.test.ts -u
    await expect(byHand).toMatchFileSnapshot('../../deploy/systemd/sallyport-agent.service')
  })

  const analyze = spawnSync('systemd-analyze', ['--version'], { encoding: 'utf8' })
  const version = Number(/^systemd (\d+)/.exec(analyze.stdout ?? '')?.[1] ?? 0)
  const why =
    version >= 250 ? '' : ` (skipped: ${version === 0 ? 'systemd-analyze is not here' : `systemd ${version} cannot judge a file`})`

  it.skipIf(version < 250).each([
    ['with nothing that is wired', nothingWired],
    [
      'with all of it',
      {
        devices: [
          { path: '/dev/input/event3', access: 'r' },
          { path: '/dev/gpiochip0', access: 'rw' },
        ],
        groups: ['input', 'gpio'],
      },
    ],
  ] as const)(`%s is right to systemd, and exposes less than 3${why}`, (_what, wired) => {
    const file = join(folder, unitName)
    writeFileSync(
      file,
      systemdUnit({
        program: [process.execPath, '/opt/agent/main.js'],
        config: '/var/lib/sallyport-agent/agent.json',
        stateDirectory: 'sallyport-agent',
        credential: '/etc/credstore.encrypted/sallyport-agent-key',
        wired,
      }),
    )
    const verified = spawnSync('systemd-analyze', ['verify', file], { encoding: 'utf8' })
    expect([verified.status, verified.stderr]).toEqual([0, ''])
    const report = execFileSync('systemd-analyze', ['security', '--offline=true', '--no-pager', file], { encoding: 'utf8' })
    const exposure = Number(/Overall exposure level for \S+: ([\d.]+)/.exec(report)?.[1])
    expect(exposure, report).toBeLessThan(3)
  })
})
