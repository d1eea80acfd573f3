import { existsSync } from 'node:fs'
import { expect, it } from 'vitest'
import { ownFile } from './own-file.ts'

it('names the TypeScript file in a clone', () => {
  expect(existsSync(ownFile(import.meta.url, './own-file'))).toBe(true)
})

it('names the emitted file in a release', () => {
  expect(ownFile('file:///opt/sallyport/gateway/decisions/engine.js', './worker-entry').href).toBe(
    'file:///opt/sallyport/gateway/decisions/worker-entry.js',
  )
})
