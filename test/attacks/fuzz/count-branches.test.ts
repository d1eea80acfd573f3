import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, it } from 'vitest'

/** A branch that a mutation of nothing finds only step by step: without counts it would take 2^32 tries. */
const guarded = `export const decode = (bytes: Buffer): number => {
  if (bytes[0] !== 0x46) return 0
  if (bytes[1] !== 0x55) return 1
  if (bytes[2] !== 0x5a) return 2
  return bytes[3] === 0x21 ? die() : 3
}
function die(): never { throw new Error('found') }
`

it('the fuzzer finds what stands behind four bytes, because each byte reaches a new branch', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallyport-fuzz-'))
  try {
    const file = join(folder, 'guarded.ts')
    writeFileSync(file, guarded)
    const at = (name: string): string => JSON.stringify(new URL(name, import.meta.url).href)
    const program = `
      const { countBranches } = await import(${at('count-branches.ts')})
      const { fuzz } = await import(${at('fuzz.ts')})
      const counted = countBranches(new Set([${JSON.stringify(file)}]))
      const { decode } = await import(${JSON.stringify(pathToFileURL(file).href)})
      const target = { name: 'x', covers: [], mostBytes: 64, seeds: [], attempt: (bytes) => void decode(bytes) }
      const result = fuzz({ target, branches: counted.branches, start: [Buffer.alloc(4)], seed: 7, untilMs: 20_000 })
      console.log(JSON.stringify([result.finding?.bytes.toString('latin1').slice(0, 4), String(result.finding?.error)]))`
    const run = spawnSync(process.execPath, ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', program], {
      encoding: 'utf8',
    })
    expect(run.stderr).toBe('')
    expect(JSON.parse(run.stdout)).toEqual(['FUZ!', 'Error: found'])
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
