import { expect, it } from 'vitest'
import { releaseManifest } from './release-manifest.ts'

const project = {
  name: 'sallyport',
  version: '1.2.3',
  description: 'a gate',
  license: 'Apache-2.0',
  engines: { node: '>=24.15.0' },
  dependencies: { zod: '4.6.7' },
  devDependencies: { vitest: '5.1.1' },
  scripts: { test: 'node deploy/setup/run.mjs test' },
}
const zod = { version: '4.6.7', integrity: 'sha512-a' }
const lock = { packages: { '': project, 'node_modules/zod': zod, 'node_modules/vitest': { version: '5.1.1', dev: true } } }

it('a release needs only what runs, pinned to the bytes of the lock file', () => {
  const { packageJson, shrinkwrap } = releaseManifest(project, lock)
  expect(packageJson).toMatchObject({
    version: '1.2.3',
    bin: { sallyport: 'deploy/release/sallyport.mjs' },
    dependencies: { zod: '4.6.7' },
  })
  expect(Object.keys(packageJson)).not.toEqual(expect.arrayContaining(['devDependencies']))
  expect(Object.keys(packageJson)).not.toEqual(expect.arrayContaining(['scripts']))
  expect(shrinkwrap).toMatchObject({ packages: { 'node_modules/zod': zod } })
  expect(Object.keys((shrinkwrap as { packages: object }).packages)).toEqual(['', 'node_modules/zod'])
})
