import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { startNamingPortal, type NamingPortal } from '../../../test/support/naming-portal.ts'
import { installCommand, ShellAtTerminal } from '../../../test/support/shell-completion.ts'
import { shells, type Shell } from './script-for.ts'

/** PowerShell is in no package of the systems that this runs on: its script is tried by nobody here. */
const atTerminal = shells.filter((shell): shell is Exclude<Shell, 'powershell'> => shell !== 'powershell')

describe.each(atTerminal)('%s', (shell) => {
  let folder: string
  let portal: NamingPortal
  let terminal: ShellAtTerminal

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sallyport-completion-'))
    portal = await startNamingPortal()
    const env = await installCommand(folder)
    await writeFile(env['SALLYPORT_CREDENTIALS'] ?? '', JSON.stringify(portal.credentials))
    await writeFile(join(folder, 'chain.pem'), '')
    terminal = await ShellAtTerminal.open(shell, env)
  })
  afterAll(async () => {
    await terminal[Symbol.asyncDispose]()
    await portal[Symbol.asyncDispose]()
    await rm(folder, { recursive: true, force: true })
  })

  it('completes commands, options, files, machines and their services at a terminal', async () => {
    await terminal.expect('sallyport forw', /sallyport forward /)
    await terminal.expect('sallyport forward --tick', /--ticket /)
    await terminal.expect('sallyport init --cert cha', /--cert chain\.pem/)
    await terminal.expect('sallyport machines pre', /machines press-7 /)
    await terminal.expect('sallyport forward pre', /forward press-7\/$/)
    await terminal.expect('sallyport forward press-7/p', /press-7\/plc /)
    await terminal.expect('sallyport policy ch', /policy check /)
  })
})
