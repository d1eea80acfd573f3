import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { AgentStatus, StatusUpdates } from '../status/agent-status.ts'
import { testSigners, writePackage } from '../testing/test-updates.ts'
import { offeredFile } from '../updates/versions-record.ts'
import { updateCommand } from './update-command.ts'
import type { UpdateCommandOptions } from './update-command.ts'

const { trust, signers } = testSigners()
let folder: string
let said: string[]
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-update-command-'))
  said = []
})
afterEach(() => rmSync(folder, { recursive: true }))

const path = (): string => join(folder, 'x.update')
const lay = (change: object = {}) => writePackage(path(), { program: 'x', signedBy: [signers.anna, signers.ben], ...change })
const none: StatusUpdates = { keys: 'pinned', consent: 'ask', offer: null, last: null }
const agent = (version: string, updates: StatusUpdates): AgentStatus => ({ version, updates }) as AgentStatus

const update = (change: Partial<UpdateCommandOptions> = {}) =>
  updateCommand({
    from: path(),
    noWait: false,
    stateDir: folder,
    trust,
    version: '1.0.0',
    nowMs: () => 0,
    ask: async () => null,
    everyMs: 0,
    say: (line) => void said.push(line),
    ...change,
  })

/** What the agent says, one after the other; the last one for ever. */
function says(...all: readonly (StatusUpdates | null)[]): UpdateCommandOptions['ask'] {
  let at = 0
  return async () => {
    const updates = all[Math.min(at++, all.length - 1)] ?? null
    return updates === null ? null : agent('1.0.0', updates)
  }
}

describe('sallyport-agent update', () => {
  it('needs a package, keys in this program, and a state directory', async () => {
    await expect(update({ from: undefined })).rejects.toMatchObject({ code: 'usage' })
    await expect(update({ trust: null })).rejects.toMatchObject({
      code: 'no_update_keys',
      message: expect.stringContaining('built without keys'),
    })
    await expect(update({ stateDir: null })).rejects.toMatchObject({ code: 'settings_unreadable' })
    await expect(update()).rejects.toMatchObject({ code: 'package_unreadable' })
  })

  it('lays it down where no agent runs, or where nobody wants to wait', async () => {
    lay()
    expect(await update()).toBe(0)
    expect(said).toEqual(['Version 2.0.0, signed by anna and ben.', expect.stringContaining('No agent runs')])
    expect(existsSync(offeredFile(folder))).toBe(true)
    expect(await update({ noWait: true, ask: says(none) })).toBe(0)
    expect(said.at(-1)).toBe('The operator has to agree at the panel.')
  })

  it('judges it by the version that runs, not by its own', async () => {
    lay()
    await expect(update({ ask: async () => agent('2.0.0', none) })).rejects.toMatchObject({ code: 'not_newer' })
    expect(existsSync(offeredFile(folder))).toBe(false)
  })

  it('says what becomes of it, over the agent’s silence, until it is installed', async () => {
    const { sha256 } = lay()
    const offer = { version: '2.0.0', sha256, state: 'offered' as const, waits: null }
    const before = { what: 'installed' as const, version: '1.0.0', from: '0.9.0', reason: null, at: 5 }
    const after = { what: 'installed' as const, version: '2.0.0', from: '1.0.0', reason: null, at: 6 }
    const states = [
      { ...none, last: before },
      { ...none, last: before, offer },
      { ...none, last: before, offer: { ...offer, state: 'agreed' as const, waits: 'session' as const } },
      { ...none, last: before, offer: { ...offer, state: 'installing' as const } },
      null,
      { ...none, last: after },
    ]
    expect(await update({ ask: says(...states) })).toBe(0)
    expect(said.slice(1)).toEqual([
      'The operator has to agree at the panel.',
      'It waits for the operator.',
      'The operator agreed; it waits until nobody is in the machine.',
      'It is being installed.',
      expect.stringMatching(/^Version 2\.0\.0 was installed on .*, after 1\.0\.0\.$/),
    ])
  })

  it('ends with 1 when it was taken back, not taken, or declined', async () => {
    const { sha256 } = lay()
    const offer = { version: '2.0.0', sha256, state: 'offered' as const, waits: null }
    const ends = (what: 'rolled_back' | 'rejected') => ({
      ...none,
      last: { what, version: '2.0.0', from: '1.0.0', reason: 'crashed', at: 6 },
    })
    expect(await update({ ask: says(none, { ...none, offer }, ends('rolled_back')) })).toBe(1)
    expect(said.at(-1)).toMatch(/was taken back .* \(crashed\): version 1\.0\.0 runs\.$/)
    expect(await update({ ask: says(none, ends('rejected')) })).toBe(1)
    const declined = { ...none, last: { what: 'declined' as const, version: '2.0.0', from: '1.0.0', reason: null, at: 6 } }
    expect(await update({ ask: says(none, { ...none, offer }, declined) })).toBe(1)
    expect(said.at(-1)).toMatch(/^The operator declined version 2\.0\.0 on /)
  })

  it('takes the silence of a version that has just started for nothing', async () => {
    const { sha256 } = lay()
    const offer = { version: '2.0.0', sha256, state: 'installing' as const, waits: null }
    const after = { ...none, last: { what: 'installed' as const, version: '2.0.0', from: '1.0.0', reason: null, at: 6 } }
    expect(
      await update({ ask: says(none, { ...none, offer }, ...Array<null>(9).fill(null), ...Array.from({ length: 50 }, () => none), after) }),
    ).toBe(0)
    expect(await update({ ask: says(none, { ...none, offer }, none) })).toBe(1)
    expect(said.at(-1)).toMatch(/not offered any more/)
  })
})
