import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { projectOpa, policiesDir } from '../../../policies/project-opa.ts'
import { systemClock } from '../../basics/clock.ts'
import { smallPolicy, withFiles } from '../testing/small-policy.ts'
import { createPolicyAnalysis } from './create-policy-analysis.ts'
import type { PolicyAnalysis } from './create-policy-analysis.ts'

const work = mkdtempSync(join(tmpdir(), 'policy-analysis-test-'))
afterAll(() => rmSync(work, { recursive: true, force: true }))

/** The compiler, with a note of each run. */
const counted = join(work, 'opa')
writeFileSync(counted, `#!/bin/sh\necho "$1" >> "${join(work, 'runs')}"\nexec "${projectOpa()}" "$@"\n`)
chmodSync(counted, 0o755)
const runs = (): string[] => readFileSync(join(work, 'runs'), 'utf8').trim().split('\n')

let analysis: PolicyAnalysis
beforeEach(() => {
  writeFileSync(join(work, 'runs'), '')
  analysis = createPolicyAnalysis({ compiler: { opa: counted, contractDir: policiesDir, timeLimitMs: 60_000 }, clock: systemClock })
})

const changed = withFiles({ 'rules/region.rego': `${smallPolicy['rules/region.rego'] ?? ''}\n# changed\n` })

describe('analyses of policies', () => {
  it('are made once for the same sources, and only of the files that changed', async () => {
    const [one, other] = await Promise.all([analysis.analyse({ sources: smallPolicy }), analysis.analyse({ sources: { ...smallPolicy } })])
    expect(other).toBe(one)
    expect(await analysis.analyse({ sources: smallPolicy })).toBe(one)
    expect(runs().toSorted()).toEqual(['check', 'parse', 'parse', 'parse', 'parse', 'test', 'test'])
    expect((await analysis.analyse({ sources: changed })).revision).not.toBe(one.revision)
    expect(runs().slice(7).toSorted()).toEqual(['check', 'parse', 'test', 'test'])
  })

  it('are ended when the same person asks for something newer of the same draft, and not by the same question or another person', async () => {
    const asker = 'per_1 drf_1'
    const other = analysis.analyse({ sources: changed, asker: 'per_2 drf_1' })
    const overtaken = analysis.analyse({ sources: smallPolicy, asker })
    const newest = analysis.analyse({ sources: changed, asker })
    const besides = analysis.analyse({ sources: changed, asker })
    await expect(overtaken).rejects.toMatchObject({ code: 'compiler_cancelled' })
    expect(await newest).toBe(await other)
    expect(await besides).toBe(await other)
  })

  it('go on while anybody waits, and end with the last one', async () => {
    const gone = new AbortController()
    const [left, stays] = [analysis.analyse({ sources: smallPolicy, signal: gone.signal }), analysis.analyse({ sources: smallPolicy })]
    gone.abort()
    await expect(left).rejects.toMatchObject({ code: 'compiler_cancelled' })
    expect((await stays).findings).toEqual([])
    const alone = new AbortController()
    const nobody = analysis.analyse({ sources: changed, signal: alone.signal })
    alone.abort()
    await expect(nobody).rejects.toMatchObject({ code: 'compiler_cancelled' })
    // What was ended is no answer for the next one.
    expect((await analysis.analyse({ sources: changed })).tests.length).toBe(2)
  })
})
