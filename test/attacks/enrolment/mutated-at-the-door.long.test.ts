import { readFile } from 'node:fs/promises'
import { expect, it } from 'vitest'
import { runInstallation } from '../../support/running-installation.ts'
import { newTestCsr } from '../../support/test-credentials.ts'
import { residentMiB } from '../tls/half-open.ts'
import { openEst } from './mutated-at-the-door.ts'
import { mutatedRequests } from './mutated-requests.ts'

/*
 * The corpus of `mutated-requests.test.ts` at the door of a running gateway, with a password that is right: CVE-2025-12816, -66030, -66031; CVE-2026-33891.
 * What is slow because another process had the processor is quick when it is asked again; what is slow by itself stays so.
 */

const count = 10_000
const withinMs = 100

it(`${count} broken requests are each answered in ${withinMs} ms, with memory flat, and take nobody's place`, async () => {
  await using installation = await runInstallation()
  const basic = `Authorization: Basic ${Buffer.from(`plates-3:${installation.enrolmentPassword('plates-3')}`).toString('base64')}`
  const est = await openEst(installation.ports.est, await readFile(installation.caFile, 'utf8'))
  const made = await Promise.all([newTestCsr('P-256'), newTestCsr('P-384'), newTestCsr('RSA-2048')])
  const good = made.map(({ der }) => der)
  const answers = new Map<number, number>()
  let [slowestMs, asked, warmMiB] = [0, 0, 0]
  for (const { what, seed, der } of mutatedRequests(good, count)) {
    // One that is not broken after all would enrol the machine, and the rest of them would lock it.
    if (good.some((one) => one.equals(der))) continue
    let { status, tookMs } = await est.enrol(basic, der)
    for (let again = 0; again < 5 && tookMs > withinMs; again += 1) ({ status, tookMs } = await est.enrol(basic, der))
    expect([status === 400 || status === 413, `${what} (seed ${seed}): ${status}`]).toEqual([true, expect.any(String)])
    expect(tookMs, `${what} (seed ${seed})`).toBeLessThan(withinMs)
    slowestMs = Math.max(slowestMs, tookMs)
    answers.set(status, (answers.get(status) ?? 0) + 1)
    asked += 1
    if (asked === count / 5) warmMiB = await residentMiB(installation.gateway.pid)
  }
  const grownMiB = (await residentMiB(installation.gateway.pid)) - warmMiB
  process.stdout.write(
    `${asked} broken requests: ${JSON.stringify([...answers])}, the slowest ${slowestMs.toFixed(1)} ms, ${Math.round(grownMiB)} MiB more\n`,
  )
  expect(asked).toBeGreaterThan(count * 0.9)
  expect(grownMiB).toBeLessThan(48)
  const { der } = await newTestCsr()
  expect((await est.enrol(basic, der)).status).toBe(200)
  est.close()
})
