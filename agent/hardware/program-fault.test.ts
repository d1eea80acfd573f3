import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, it } from 'vitest'
import { programFault } from './program-fault.ts'

const folder = mkdtempSync(join(tmpdir(), 'agent-program-'))
afterAll(() => rmSync(folder, { recursive: true }))

const programWith = (mode: number, place = folder): string => {
  const file = join(place, `button-${mode.toString(8)}`)
  writeFileSync(file, '#!/bin/sh\n')
  chmodSync(file, mode)
  return file
}

it('has nothing against a program that only its owner can change', async () => {
  expect(await programFault(programWith(0o755))).toBe(null)
})

it('is against one that is not there, cannot be run, or can be changed by others', async () => {
  expect(await programFault(join(folder, 'nothing'))).toBe('cannot be found (ENOENT)')
  expect(await programFault(folder)).toBe('is no program')
  expect(await programFault(programWith(0o744))).toMatch(/may not run it/)
  for (const mode of [0o775, 0o757]) expect(await programFault(programWith(mode)), mode.toString(8)).toMatch(/others may change it/)
})

it('looks behind links, and at the folders above', async () => {
  const open = join(folder, 'open')
  mkdirSync(open)
  chmodSync(open, 0o777)
  const link = join(folder, 'link')
  symlinkSync(programWith(0o755, open), link)
  expect(await programFault(link)).toBe(`others may put another program there: chmod o-w ${open}`)
  chmodSync(open, 0o1777)
  expect(await programFault(link)).toBe(null)
})
