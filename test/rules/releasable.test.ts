import { expect, it } from 'vitest'
import { isTest, readProjectFile, sourceFiles } from '../support/source-tree.ts'

it('no program names one of its own modules by the extension that it has only in a clone', () => {
  const inRelease = sourceFiles().filter((file) => /^(gateway|idp|agent|policies|deploy\/demo)\//u.test(file) && !isTest(file))
  const named = inRelease.filter((file) => /new URL\(\s*['"`][^'"`]*\.ts['"`]|join\([^)]*\.ts['"`]/u.test(readProjectFile(file)))
  expect(named, 'a release holds JavaScript: use ownFile(import.meta.url, ...) of gateway/basics').toEqual([])
})
