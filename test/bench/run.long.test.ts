import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import type { Row } from './measure/row.ts'

interface Report {
  readonly rows: readonly Row[]
}

const program = fileURLToPath(new URL('run.ts', import.meta.url))
const run = (...args: string[]): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args])

it('prints every row of every benchmark with a figure, in one run', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-bench-test-'))
  try {
    const file = join(directory, 'report.json')
    const { stdout } = await run('--quick', '--json', file)
    const { rows } = JSON.parse(await readFile(file, 'utf8')) as Report
    const figures = new Map<string, number>()
    for (const { benchmark, what, peer } of rows) {
      const key = `${benchmark}: ${what}${peer?.name === 'Node TLS relay' ? ', against the relay' : ''}`
      figures.set(key, (figures.get(key) ?? 0) + 1)
      expect(stdout).toContain(what)
    }
    expect([...figures.keys()]).toEqual(
      expect.arrayContaining([
        'bulk-through-session: down, MB/s, against the relay',
        'bulk-through-session: up, MB/s, against the relay',
        'bulk-through-stream: down, MB/s, against the relay',
        'bulk-through-stream: up, MB/s, against the relay',
        'small-requests: requests/s, 32 at once',
        'small-requests: gateway CPU, us a request, against the relay',
        'small-requests: agent CPU, us a request',
        'terminated-or-bytes: agent CPU, us a request',
        'decisions: new questions/s, 16 callers, durably logged',
        'decisions: repeated questions/s, from the cache',
        'handshakes: tunnels/s, 16 devices at once',
        'idle-tunnels: KB of memory for one of 40',
      ]),
    )
    for (const row of rows) {
      expect(row, row.what).toMatchObject({ ours: expect.any(Number), better: expect.stringMatching(/^(higher|lower)$/) })
      // CPU time is counted in hundredths of a second: in so short a run it may be none.
      if (!row.what.includes('CPU')) expect([row.what, row.ours > 0]).toEqual([row.what, true])
    }
    expect(stdout).toContain('Peers that this program does not run')
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}, 180_000)

it('says which benchmarks there are when one is asked for that is not', async () => {
  await expect(run('--only', 'nonsense')).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/no benchmark nonsense.*small-requests/),
  })
})
