import { expect, it } from 'vitest'
import { missingFromLock } from '../../deploy/setup/missing-from-lock.mjs'
import { opaVersion } from '../../gateway/policies-admin/find-opa.ts'
import { readProjectFile } from '../support/source-tree.ts'

it('the lock file names the builds for every platform, so that npm ci takes it everywhere', () => {
  const missing = Object.keys(missingFromLock(JSON.parse(readProjectFile('package-lock.json'))))
  expect(missing, 'run: node deploy/setup/complete-lock.mjs').toEqual([])
})

it('every package is pinned to one version', () => {
  const { dependencies, devDependencies } = JSON.parse(readProjectFile('package.json'))
  const loose = Object.entries<string>({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/u.test(version),
  )
  expect(loose, 'install with --save-exact').toEqual([])
})

it('the set-up fetches the Rego compiler that the programs ask for', () => {
  expect(JSON.parse(readProjectFile('package.json')).sallyport.opa).toBe(opaVersion)
})
