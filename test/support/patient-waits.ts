import { vi } from 'vitest'

/**
 * What `vi.waitFor` waits at most where a test says nothing. Its own second is too short on two cores that several test files share; a
 * wait ends with its condition, so only a test that fails gets slower.
 */
const patienceMs = 15_000

const waitFor = vi.waitFor.bind(vi)
vi.waitFor = (condition, options) => waitFor(condition, typeof options === 'number' ? options : { timeout: patienceMs, ...options })
