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

it.each(['', machine])('every package of the lock file %sis pinned to its bytes', (folder) => {
  const { packages } = JSON.parse(readProjectFile(`${folder}package-lock.json`))
  const others = Object.keys(packages).filter((path) => path !== '' && packages[path].link !== true)
  // What npm carries inside its own archive has that one's hash. Builds of tools for platforms that nobody here has were added by name and version alone
  // (complete-lock.mjs): they are no part of a release.
  const exempt = (path: string): boolean =>
    packages[path].inBundle === true || (packages[path].dev === true && packages[path].optional === true)
  const loose = others.filter((path) => !/^sha512-[\w+/]{86}==$/u.test(packages[path].integrity ?? '') && !exempt(path))
  expect(loose).toEqual([])
})

it('no package runs a script when it is installed, but Node itself', () => {
  const { packages } = JSON.parse(readProjectFile('package-lock.json'))
  expect(Object.keys(packages).filter((path) => packages[path].hasInstallScript === true)).toEqual(['node_modules/node'])
  expect(JSON.parse(readProjectFile('package.json')).allowScripts).toEqual({ node: true })
})

it('no package says where it comes from, no git repository and no folder: its name, version and hash say what it is', () => {
  const { packages } = JSON.parse(readProjectFile('package-lock.json'))
  expect(Object.keys(packages).filter((path) => packages[path].resolved !== undefined || packages[path].link === true)).toEqual([])
})

it('everything runs under the Node that is pinned, of a line that gets its security fixes', () => {
  const { node } = JSON.parse(readProjectFile('package.json')).dependencies
  expect(process.versions.node).toBe(node)
  // 24.18.1 has the fixes of July 2026 (CVE-2026-48931, CVE-2026-48937); before 24.21 bytes were lost on streams of a tunnel (agent/start-agent.test.ts).
  expect(node).toMatch(/^24\.2[1-9]\./u)
})

it('the set-up fetches the Rego compiler that the programs ask for', () => {
  expect(JSON.parse(readProjectFile('package.json')).sallyport.opa).toBe(opaVersion)
})
