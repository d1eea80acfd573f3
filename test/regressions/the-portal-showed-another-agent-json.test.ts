import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { agentSettingsFor } from '../../admin-ui/portal/devices/agent-settings-for.ts'
import { joinFlags, readCommandLine } from '../../agent/commands/command-line.ts'
import { joinCommand } from '../../agent/commands/join-command.ts'
import { readSettings } from '../../agent/settings/read-settings.ts'
import { createTestAuthority } from '../../agent/testing/test-authority.ts'

const device = { id: 'press-1', name: 'Press 1', site: 'Hall 3' }
const gateway = { tunnel: 'gw.example:7443', est: 'https://gw.example:7444', trust_domain: 'acme.example', ca_pem: 'PEM' }

it('the agent.json of the portal is the one that join writes, with the password in it, and the agent takes it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'agent-json-'))
  const authority = createTestAuthority()
  try {
    const shown = agentSettingsFor(device, 'one-time', gateway)
    const password = join(folder, 'password')
    writeFileSync(password, 'one-time\n')
    const config = join(folder, 'machine', 'agent.json')
    const where = ['--gateway', gateway.tunnel, '--est', gateway.est, '--ca', authority.caFile, '--trust-domain', gateway.trust_domain]
    const who = ['--device', device.id, '--name', device.name, '--site', device.site, '--password-file', password]
    const { values } = readCommandLine(['join', ...where, ...who, '--service', 'hmi=http:127.0.0.1:8080', '--config', config])
    await joinCommand({ flags: joinFlags(values), config: values.config, nowMs: Date.now(), say: () => {} })

    const [portal, joined] = [JSON.parse(shown), JSON.parse(readFileSync(config, 'utf8'))] as { services: { hmi: object } }[]
    expect(Object.keys(portal!)).toEqual(Object.keys(joined!))
    const { title: _title, ...hmi } = portal!.services.hmi as { title: string }
    expect({ ...portal, enrolment: { passwordFile: 'one-time-password' }, services: { hmi } }).toEqual(joined)
    const settings = readSettings({ text: shown, baseDir: folder, defaultPagesDir: '/' })
    expect(settings).toMatchObject({ panel: { port: 7080 }, operators: { file: join(folder, 'operators.json') } })
  } finally {
    authority.remove()
    rmSync(folder, { recursive: true })
  }
})
