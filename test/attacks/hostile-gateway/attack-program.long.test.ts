import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { everyAttack } from '../../../agent/attack/every-attack.ts'
import { programOf } from './customers-agent.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'attack-program-'))
  const settings = {
    gateway: { tunnel: 'gateway.invalid:7443', est: 'https://gateway.invalid:7444', caFile: 'ca.pem', trustDomain: 'acme.example' },
    device: { id: 'press-1', name: 'Press 1', site: 'Hall 3' },
    stateDir: 'state',
    keyType: 'rsa-2048',
    panel: { port: 7080 },
    operators: { file: 'operators.json' },
    services: { hmi: { kind: 'http', target: '127.0.0.1:1' } },
  }
  await writeFile(join(folder, 'agent.json'), JSON.stringify(settings))
})
afterEach(() => rm(folder, { recursive: true }))

async function attack(...nodeArgs: readonly string[]): Promise<{ readonly code: number | null; readonly said: string }> {
  const { file, args } = programOf(...nodeArgs)
  const child = spawn(file, [...args, 'attack', '--config', join(folder, 'agent.json'), '--report', join(folder, 'report.md')])
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => void (said += chunk.toString()))
  const [code] = (await once(child, 'exit')) as [number | null]
  return { code, said }
}

it('sallyport-agent attack ends with 0 on an agent that holds all attacks off, and leaves nothing behind but its report', async () => {
  const { code, said } = await attack()
  expect(said).toContain(`All ${everyAttack.length} attacks were held off.`)
  expect(code).toBe(0)
  expect(await readFile(join(folder, 'report.md'), 'utf8')).toContain('**Passed.**')
  expect((await readdir(folder)).toSorted()).toEqual(['agent.json', 'report.md'])
}, 900_000)

it('and with 1 on one that lacks a single check', async () => {
  const { code, said } = await attack(`--import=${new URL('break-agent.ts?approval', import.meta.url).href}`)
  expect(code).toBe(1)
  expect(said).toContain('FAILED  stream-without-approval')
  expect(await readFile(join(folder, 'report.md'), 'utf8')).toContain('**Failed.**')
}, 900_000)
