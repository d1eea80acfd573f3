import { vi } from 'vitest'

/**
 * What `vi.waitFor` waits at most where a test says nothing. Its own second is too short on two cores that several test files share; a
 * wait ends with its condition, so only a test that fails gets slower.
 */
const patienceMs = 15_000

const waitFor = vi.waitFor.bind(vi)
// Files that share a process run this one after the other.
if (vi.waitFor.name !== 'waitPatiently')
  vi.waitFor = function waitPatiently(condition, options) {
    return waitFor(condition, typeof options === 'number' ? options : { timeout: patienceMs, ...options })
  }
