import { mkdtemp, open, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { publishBundle } from './publish-bundle.ts'

it('takes nothing from whoever has opened the file', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-bundle-'))
  const file = join(directory, 'ca.pem')
  await publishBundle(file, 'the one before')
  await using reader = await open(file)
  await publishBundle(file, 'the new one')
  expect(await reader.readFile('utf8')).toBe('the one before')
  expect(await readFile(file, 'utf8')).toBe('the new one')
  await rm(directory, { recursive: true })
})
