import { describe, expect, it } from 'vitest'
import { missingFromLock } from './missing-from-lock.mjs'
import { packagesMatch } from './packages-match.mjs'

const zod = { version: '4.6.7', integrity: 'sha512-a' }
const lock = (packages: object) => ({ packages: { '': { version: '0.1.0' }, ...packages } })

describe('installed packages match the lock file', () => {
  it('when each is there in its version', () => {
    expect(packagesMatch(lock({ 'node_modules/zod': zod }), { packages: { 'node_modules/zod': zod } })).toBe(true)
  })

  it('also without the optional ones, which are for other platforms', () => {
    const wanted = lock({ 'node_modules/zod': zod, 'node_modules/x-darwin-arm64': { version: '1.0.0', optional: true } })
    expect(packagesMatch(wanted, { packages: { 'node_modules/zod': zod } })).toBe(true)
  })

  it.each([
    ['one is missing', {}],
    ['one has another version', { 'node_modules/zod': { ...zod, version: '4.6.6' } }],
    ['one has other bytes', { 'node_modules/zod': { ...zod, integrity: 'sha512-b' } }],
    ['one is there that nobody asked for', { 'node_modules/zod': zod, 'node_modules/left-pad': zod }],
  ])('not when %s', (_, packages) => {
    expect(packagesMatch(lock({ 'node_modules/zod': zod }), { packages })).toBe(false)
  })

  it('not when npm was stopped before it wrote its record', () => {
    expect(packagesMatch(lock({ 'node_modules/zod': zod }), {})).toBe(false)
  })
})

describe('what a lock file lacks for other platforms', () => {
  const owner = (names: readonly string[]) => ({
    version: '1.0.0',
    dev: true,
    optionalDependencies: Object.fromEntries(names.map((name) => [name, '1.0.0'])),
  })

  it('is named with version and platform', () => {
    const packages = {
      'node_modules/a': owner(['@a/binding-linux-arm-musleabihf', '@a/darwin-arm64']),
      'node_modules/@a/darwin-arm64': zod,
    }
    expect(missingFromLock({ packages })).toEqual({
      'node_modules/@a/binding-linux-arm-musleabihf': {
        version: '1.0.0',
        dev: true,
        optional: true,
        os: ['linux'],
        cpu: ['arm'],
        libc: ['musl'],
      },
    })
  })

  it('is an error when a name does not tell its platform', () => {
    expect(() => missingFromLock({ packages: { 'node_modules/a': owner(['bufferutil']) } })).toThrow(
      'bufferutil does not name its platform',
    )
  })
})
