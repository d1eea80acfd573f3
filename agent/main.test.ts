import { spawn } from 'node:child_process'
import type { ChildProcessWithoutNullStreams } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

const program = fileURLToPath(new URL('main.ts', import.meta.url))
let folder: string
const children: ChildProcessWithoutNullStreams[] = []

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agent-main-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true })
})

function configure(change: object = {}): string {
  const file = join(folder, 'agent.json')
  const settings = {
    gateway: { tunnel: '127.0.0.1:1', est: 'https://127.0.0.1:1', caFile: 'ca.pem', trustDomain: 'acme.example' },
    device: { id: 'press-1', name: 'Press', site: 'Hall' },
    enrolment: { password: 'top-secret-password' },
    stateDir: 'state',
    panel: { port: 0 },
    operators: ['Olga'],
    services: {},
    ...change,
  }
  writeFileSync(file, JSON.stringify(settings))
  return file
}

interface Run {
  readonly child: ChildProcessWithoutNullStreams
  readonly lines: () => { ready?: boolean; panel?: string; pairing_url?: string }[]
  readonly errors: () => string
  readonly exit: Promise<number | null>
}

function run(args: readonly string[], started = program): Run {
  const child = spawn(process.execPath, [started, ...args])
  children.push(child)
  let out = ''
  let errors = ''
  child.stdout.on('data', (chunk) => (out += String(chunk)))
  child.stderr.on('data', (chunk) => (errors += String(chunk)))
  return {
    child,
    lines: () =>
      out
        .split('\n')
        .slice(0, -1)
        .map((line) => JSON.parse(line) as { pairing_url?: string }),
    errors: () => errors,
    exit: new Promise((resolve) => child.once('exit', resolve)),
  }
}

const ready = (agent: Run): Promise<void> => vi.waitFor(() => expect(agent.lines()).toHaveLength(1), { timeout: 10_000 })

describe('the agent program', () => {
  it('says once that it is ready, prints a new address on --pair, and ends within 2 s of SIGTERM', async () => {
    const config = configure()
    const agent = run(['--config', config])
    await ready(agent)
    const [first] = agent.lines()
    expect(first).toEqual({
      ready: true,
      panel: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/$/),
      pairing_url: `${first!.panel}${first!.pairing_url!.slice(first!.panel!.length)}`,
    })
    expect(first!.pairing_url).toMatch(/\/#pair=[0-9a-f]{16}$/)
    expect(await run(['--config', config, '--pair']).exit).toBe(0)
    await vi.waitFor(() => expect(agent.lines()).toHaveLength(2))
    expect(agent.lines()[1]!.pairing_url).not.toBe(first!.pairing_url)

    const second = run(['--config', config])
    expect(await second.exit).toBe(1)
    expect(second.errors()).toMatch(/Another agent runs with the state directory/)

    const began = performance.now()
    agent.child.kill('SIGTERM')
    expect(await agent.exit).toBe(0)
    expect(performance.now() - began).toBeLessThan(2_000)
    expect(agent.errors()).not.toContain('top-secret-password')
    for (const line of agent.errors().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg')
  })

  it('runs from a copy of its folder that has nothing around it: no package, no modules, no pages', async () => {
    const source = fileURLToPath(new URL('.', import.meta.url))
    cpSync(source, join(folder, 'agent'), { recursive: true, filter: (path) => !/\.test\.ts$|\/testing(\/|$)/.test(path) })
    const agent = run(['--config', configure()], join(folder, 'agent', 'main.ts'))
    await ready(agent)
    const page = await fetch(agent.lines()[0]!.panel!)
    expect([page.status, await page.text()]).toEqual([503, expect.stringContaining('panel.pagesDir')])
    agent.child.kill('SIGTERM')
    expect(await agent.exit).toBe(0)
    for (const line of agent.errors().trim().split('\n')) expect(JSON.parse(line)).toHaveProperty('msg')
  })

  it('ends with its parent when asked to', async () => {
    const agent = run(['--config', configure(), '--die-with-parent'])
    await ready(agent)
    agent.child.stdin.end()
    expect(await agent.exit).toBe(0)
  })

  it('starts again after kill -9 on the same state', async () => {
    const config = configure()
    const agent = run(['--config', config])
    await ready(agent)
    agent.child.kill('SIGKILL')
    await agent.exit
    const pairing = run(['--config', config, '--pair'])
    expect(await pairing.exit).toBe(1)
    expect(pairing.errors()).toMatch(/No agent runs/)
    await ready(run(['--config', config]))
  })

  it('names every mistake in its settings and starts nothing', async () => {
    const agent = run([
      '--config',
      configure({ panel: { port: 80, host: '0.0.0.0' }, services: { hmi: { kind: 'web', target: 'localhost:80' } } }),
    ])
    expect(await agent.exit).toBe(1)
    for (const path of ['panel.host', 'services.hmi.kind', 'services.hmi.target']) expect(agent.errors()).toContain(path)
    const none = run(['--config', join(folder, 'nope.json')])
    expect(await none.exit).toBe(1)
    expect(none.errors()).toMatch(/cannot be read \(ENOENT\)/)
  })

  it("keeps the customer's list of operators, and never shows a PIN", async () => {
    const config = configure({ operators: { file: 'operators.json' } })
    const operator = (...args: string[]): Run => run(['operator', ...args, '--config', config])
    const set = operator('set', 'Olga Ortiz')
    set.child.stdin.end('2468\n2468\n')
    expect(await set.exit).toBe(0)
    const file = join(folder, 'operators.json')
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toMatch(/^\[\n {2}\{\n {4}"name": "Olga Ortiz",\n {4}"pin": "\$argon2id\$/)
    const other = operator('set', 'Omar')
    other.child.stdin.end('1357\n1358\n')
    expect([await other.exit, other.errors()]).toEqual([1, 'That was another PIN. Nothing was changed.\n'])
    const short = operator('set', 'Omar')
    short.child.stdin.end('12\n12\n')
    expect([await short.exit, short.errors()]).toEqual([1, 'A PIN has 4 to 12 digits. Nothing was changed.\n'])
    const agent = run(['--config', config])
    await ready(agent)
    expect(await operator('set', 'Otto', '--no-pin').exit).toBe(0)
    expect([
      await operator('remove', 'Nobody').exit,
      await operator('remove', 'Otto').exit,
      await operator('remove', 'Olga Ortiz').exit,
    ]).toEqual([1, 0, 1])
    expect(readFileSync(file, 'utf8')).not.toMatch(/2468|Otto/)
    expect(agent.errors()).not.toContain('2468')
    expect(await run(['operator', 'list', '--config', configure()]).exit).toBe(1)
    expect(await run(['oparator', '--config', config]).exit).toBe(2)
  }, 60_000)
})
