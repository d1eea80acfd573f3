import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { launchUpdated } from '../testing/launch-updated.ts'
import { testProgram, testSigners, writePackage } from '../testing/test-updates.ts'
import type { HandOver } from './hand-over.ts'

const entry = fileURLToPath(new URL('../testing/cut-update-entry.ts', import.meta.url))
const { trust, signers } = testSigners()

it('an update that is cut off at any change of the disk leaves a machine that starts the old version or the new one, and takes the update', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'agent-cut-'))
  const path = join(folder, 'update')
  const { sha256 } = writePackage(path, {
    program: testProgram('2.0.0', "line.write('reached\\n', () => process.exit(75))"),
    signedBy: [signers.anna, signers.ben],
  })
  const keys = [signers.anna, signers.ben, signers.cem].map(({ line }) => line)
  const run = (stateDir: string, cutAt: number) =>
    spawnSync(process.execPath, [entry, stateDir, path, String(cutAt), ...keys], { encoding: 'utf8' })
  const seen = new Set<HandOver['kind']>()
  let cuts = 0
  for (;;) {
    const stateDir = mkdtempSync(join(folder, 'state-'))
    const cut = run(stateDir, cuts + 1)
    if (cut.signal === null) {
      expect(JSON.parse(cut.stdout), cut.stderr).toMatchObject({ next: { kind: 'become' }, changes: cuts })
      break
    }
    cuts += 1
    expect(cut.signal).toBe('SIGKILL')
    // What the machine does when its power is back.
    const next = await launchUpdated(stateDir, trust)
    seen.add(next.kind)
    if (next.kind === 'become') expect(createHash('sha256').update(readFileSync(next.file)).digest('hex')).toBe(sha256)
    else expect(next).toEqual({ kind: 'self' })
    const again = run(stateDir, 0)
    expect(JSON.parse(again.stdout), `after a cut at change ${cuts}: ${again.stderr}`).toMatchObject({ next: { kind: 'become' } })
  }
  rmSync(folder, { recursive: true })
  expect([cuts > 30, seen]).toEqual([true, new Set(['self', 'become'])])
})
