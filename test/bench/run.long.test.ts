import { execFile, spawn } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it, vi } from 'vitest'
import { descendants, lives } from '../support/process-tree.ts'
import type { Row } from './measure/row.ts'
import { workloads } from './workloads/workloads.ts'

const program = fileURLToPath(new URL('run.ts', import.meta.url))
const run = (args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<{ stdout: string; stderr: string }> =>
  promisify(execFile)(process.execPath, ['--disable-warning=ExperimentalWarning', program, ...args], { env, maxBuffer: 16 * 1024 * 1024 })

it('gives every row of every workload a figure, as JSON and nothing else', async () => {
  const { stdout } = await run(['--quick', '--json'])
  const rows = JSON.parse(stdout) as Row[]
  expect(new Set(rows.map(({ workload }) => workload))).toEqual(
    new Set(workloads.filter(({ onlyWhenNamed }) => onlyWhenNamed !== true).map(({ name }) => name)),
  )
  for (const row of rows) {
    const context = `${row.workload}: ${row.metric} beside ${row.peer}`
    expect(row, context).toMatchObject({
      unit: expect.any(String),
      runs: expect.any(Number),
      better: expect.stringMatching(/^(higher|lower)$/),
    })
    // CPU time is counted in hundredths of a second: in so short a run it may be none.
    if (row.metric.includes('CPU')) continue
    expect(row.ours, context).toBeGreaterThan(0)
    if (row.peer !== null)
      expect(
        [row.theirs, row.ratio].every((figure) => figure !== null && figure > 0),
        context,
      ).toBe(true)
  }
}, 1_800_000)

it('names the peers that are missing, and goes on without them', async () => {
  const { stdout } = await run(['--quick', '--only', 'tcp-connections'], { ...process.env, PATH: '/nowhere' })
  expect(stdout).toMatch(/Missing peer: ssh -R \(.* is not installed\)/)
  expect(stdout).toMatch(/tcp-connections +connections, each with a request/)
}, 600_000)

it('says which workloads there are when one is asked for that is not', async () => {
  await expect(run(['--only', 'nonsense'])).rejects.toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/no workload nonsense.*tcp-bulk/),
  })
})

it('leaves no process and no folder behind when it is killed in the middle', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-killed-bench-'))
  const bench = spawn(process.execPath, [program, '--quick', '--only', 'http-path'], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  try {
    const patience = { timeout: 120_000, interval: 100 }
    await vi.waitFor(async () => expect((await readdir(folder)).join(' ')).toMatch(/sallyport-peer-nginx.*/), patience)
    // The peer's folder is there before its processes are.
    const started = await vi.waitFor(() => {
      const found = descendants(bench.pid ?? 0)
      expect(found.length).toBeGreaterThan(8)
      return found
    }, patience)
    bench.kill('SIGKILL')
    await vi.waitFor(() => expect(started.filter(lives)).toEqual([]), patience)
    expect(await readdir(folder)).toEqual([])
  } finally {
    bench.kill('SIGKILL')
    await rm(folder, { recursive: true, force: true })
  }
}, 300_000)
