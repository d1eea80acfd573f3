import { createPrivateKey, createPublicKey } from 'node:crypto'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect } from 'vitest'
import { isCodedError } from '../../../gateway/basics/coded-error.ts'
import { checkCsr } from '../../../gateway/pki/check-csr.ts'
import { newTestCsr } from '../../support/test-credentials.ts'
import { mutatedRequests } from './mutated-requests.ts'

/**
 * Hands so many broken requests to the check that stands before everything else. Each is refused by name or was not broken after all: then its
 * key is the one that signed it. None takes 100 ms of the processor.
 */
export async function judgeRequests(count: number): Promise<void> {
  const made = await Promise.all([newTestCsr('P-256'), newTestCsr('P-384'), newTestCsr('RSA-2048')])
  const own = made.map(({ keyPem }) => createPublicKey(createPrivateKey(keyPem)).export({ type: 'spki', format: 'der' }).toString('hex'))
  const before = keptBytes()
  let refused = 0
  let slowestMs = 0
  for (const { what, seed, der } of mutatedRequests(
    made.map((each) => each.der),
    count,
  )) {
    const began = process.cpuUsage()
    try {
      expect(own, `${what} (seed ${seed})`).toContain(checkCsr(der).publicKey.toString('hex'))
    } catch (error) {
      if (!isCodedError(error, 'csr_invalid')) throw new Error(`${what} (seed ${seed}): ${der.toString('hex')}`, { cause: error })
      refused += 1
    }
    const { user, system } = process.cpuUsage(began)
    slowestMs = Math.max(slowestMs, (user + system) / 1_000)
  }
  expect(slowestMs).toBeLessThan(100)
  expect(refused).toBeGreaterThan(count * 0.9)
  // Node gives buffers back when the loop has turned.
  await expect.poll(() => (keptBytes() - before) / 1024 / 1024).toBeLessThan(10)
}

/** What is still held when all garbage was collected: the garbage is mostly of the generator. */
function keptBytes(): number {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  collect()
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}
