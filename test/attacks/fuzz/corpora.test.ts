import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { keptInputs } from './corpus.ts'
import { problemOf } from './fuzz.ts'
import { loadTarget } from './load-target.ts'
import { mutate, seeded } from './mutate.ts'
import { projectFiles } from '../../support/source-tree.ts'
import { targetNames } from './targets.ts'

/*
 * Every decoder of bytes from outside, held against its properties (issue 4, section 1): on all that `npm run fuzz` kept, crashes included, and on new
 * inputs by fast-check, which prints seed and path of a failure: `fc.assert(..., { seed, path })` runs it again.
 */

const runs = 400

describe.each(targetNames)('%s', (name) => {
  it('answers everything that was kept', async () => {
    const target = await loadTarget(name)
    const kept = keptInputs(name)
    expect(kept.length, 'npm run fuzz keeps some').toBeGreaterThan(0)
    for (const { name: file, bytes } of kept) expect(problemOf(target, bytes), file).toBeUndefined()
  })

  it('answers what it never saw', async () => {
    const target = await loadTarget(name)
    const good = [...target.seeds.map((bytes) => Buffer.from(bytes as Uint8Array)), ...keptInputs(name).map(({ bytes }) => bytes)]
    const words = (target.words ?? []).map((word) => Buffer.from(word))
    const changed = fc.tuple(fc.constantFrom(...good), fc.constantFrom(...good), fc.nat()).map(([bytes, other, seed]) => {
      return mutate(bytes, { upTo: seeded(seed), words, other, mostBytes: Math.min(target.mostBytes, 4_096) })
    })
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json()).map((made) => Buffer.from(made))
    const anything = fc.oneof(
      { weight: 6, arbitrary: changed },
      { weight: 1, arbitrary: text },
      { weight: 1, arbitrary: fc.uint8Array({ maxLength: 2_000 }).map((bytes) => Buffer.from(bytes)) },
    )
    fc.assert(
      fc.property(anything, (bytes) => {
        const problem = problemOf(target, bytes)
        if (problem !== undefined) throw new Error(`${name} does not hold for ${bytes.toString('base64')}`, { cause: problem })
      }),
      { numRuns: runs },
    )
  })
})

it('every target covers files that are there, and every corpus has its target', async () => {
  const files = projectFiles()
  const targets = await Promise.all(targetNames.map((name) => loadTarget(name)))
  expect(targets.flatMap(({ covers }) => covers).filter((file) => !files.includes(file))).toEqual([])
  expect(targets.map(({ name }) => name)).toEqual([...targetNames])
  const folders = new Set(files.flatMap((file) => /^test\/attacks\/fuzz\/corpora\/([^/]+)\//.exec(file)?.[1] ?? []))
  expect([...folders].toSorted()).toEqual([...targetNames])
})
