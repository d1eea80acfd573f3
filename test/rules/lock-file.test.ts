import { expect, it } from 'vitest'
import { missingFromLock } from '../../deploy/setup/missing-from-lock.mjs'
import { opaVersion } from '../../gateway/policies-admin/find-opa.ts'
import { readProjectFile } from '../support/source-tree.ts'

const machine = 'test/machines/node-red/'

it.each(['', machine])('the lock file %snames the builds for every platform, so that npm ci takes it everywhere', (folder) => {
  const missing = Object.keys(missingFromLock(JSON.parse(readProjectFile(`${folder}package-lock.json`))))
  expect(missing, 'run: node deploy/setup/complete-lock.mjs').toEqual([])
})

it('Node-RED needs none of the install scripts that the set-up leaves out', () => {
  const { packages } = JSON.parse(readProjectFile(`${machine}package-lock.json`))
  expect(Object.keys(packages).filter((path) => packages[path].hasInstallScript === true)).toEqual([])
})

it.each(['', machine])('every package of %spackage.json is pinned to one version', (folder) => {
  const { dependencies, devDependencies } = JSON.parse(readProjectFile(`${folder}package.json`))
  const loose = Object.entries<string>({ ...dependencies, ...devDependencies }).filter(
    ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/u.test(version),
  )
  expect(loose, 'install with --save-exact').toEqual([])
})

it('the set-up fetches the Rego compiler that the programs ask for', () => {
  expect(JSON.parse(readProjectFile('package.json')).sallyport.opa).toBe(opaVersion)
})
