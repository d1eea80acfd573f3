import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { Session } from '../../gateway/http-api/contract/sessions.ts'
import { askFor, untilOnline } from '../support/technician-at-work.ts'
import { operator, startUnderFault, type InstallationUnderFault } from './installation-under-fault.ts'

/** R7 of security.md, section 4.1: disks of their own (tmpfs), and nothing simulated. */
const diskBytes = 64 * 1024 * 1024
const endsWithinMs = 5_000

const mayMount = ((): boolean => {
  try {
    mountAt(join('/tmp', `sallyport-mount-${process.pid}`)).unmount()
    return true
  } catch {
    return false
  }
})()
const whyNot = mayMount ? '' : ' (not run: nothing can be mounted here; it takes root)'

interface SmallDisk {
  fill(): void
  free(): void
  unmount(): void
}

function mountAt(directory: string): SmallDisk {
  mkdirSync(directory, { recursive: true })
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${diskBytes}`, 'tmpfs', directory], { stdio: 'pipe' })
  const filler = join(directory, 'filler')
  return {
    fill() {
      // The last bytes too: SQLite needs little.
      for (let number = 0; statfsSync(directory).bavail > 0; number += 1) {
        const { bavail, bsize } = statfsSync(directory)
        writeFileSync(`${filler}-${number}`, Buffer.alloc(bavail * bsize))
      }
      mkdirSync(filler, { recursive: true })
    },
    free() {
      execFileSync('sh', ['-c', `rm -rf "$1"*`, 'sh', filler])
    },
    unmount: () => void execFileSync('umount', ['--lazy', directory], { stdio: 'pipe' }),
  }
}

/** Moves a folder of a program that stands still onto a small disk. */
function ontoSmallDisk(directory: string): SmallDisk {
  const aside = `${directory}-aside`
  renameSync(directory, aside)
  const disk = mountAt(directory)
  cpSync(aside, directory, { recursive: true, preserveTimestamps: true })
  rmSync(aside, { recursive: true })
  return disk
}

const integrity = (file: string): unknown => {
  const database = new DatabaseSync(file, { readOnly: true })
  try {
    return database.prepare('PRAGMA integrity_check').get()?.['integrity_check']
  } finally {
    database.close()
  }
}

describe.skipIf(!mayMount)(`a disk that is full${whyNot}`, () => {
  let world: InstallationUnderFault
  const disks: SmallDisk[] = []

  beforeAll(async () => {
    world = await startUnderFault()
    const { installation } = world
    await installation.gateway.stop()
    disks.push(ontoSmallDisk(join(installation.dataDir, 'gateway')))
    await installation.startGateway()
    await installation.agent.stop()
    disks.push(ontoSmallDisk(join(installation.dataDir, 'agent', 'state')))
    await installation.startAgent()
    await untilOnline(world.mia)
  })
  afterEach(() => world.expectSound())
  afterAll(async () => {
    for (const disk of disks) disk.unmount()
    await world[Symbol.asyncDispose]()
  })

  it('under the gateway: it ends, with every stream, and goes on without anybody’s repair once there is room', async () => {
    const { installation, mia } = world
    const [disk] = disks as [SmallDisk]
    const { session, expiresAt, socket, downloadEnded } = await world.live()
    disk.fill()
    const refused = await mia.api('POST', `/api/v1/sessions/${session}/extend`, { duration_s: 600 }).catch(() => null)
    // 403: what cannot be recorded is not allowed.
    expect([403, 500, 503]).toContain(refused?.status ?? 503)
    const fullAtMs = performance.now()
    expect(await installation.gateway.ended).toContain('exit code 1')
    for (const atMs of [await socket.closed, await downloadEnded]) expect(atMs - fullAtMs).toBeLessThan(endsWithinMs)
    world.told.push({ what: 'killed', atMs: Date.now() })
    await expect(installation.startGateway()).rejects.toThrow('gateway did not start')
    disk.free()
    await installation.startGateway()
    await untilOnline(mia)
    expect(integrity(join(installation.dataDir, 'gateway', 'gateway.sqlite'))).toBe('ok')
    const back = await mia.waitForSession(session, ({ tunnel_lost_at }) => tunnel_lost_at === null)
    expect(back).toMatchObject({ state: 'open', expires_at: expiresAt })
  }, 180_000)

  it('under the agent: the operator ends a session at once, nothing new is allowed, and it is told once there is room', async () => {
    const { installation, mia, panel, machine } = world
    const [, disk] = disks as [SmallDisk, SmallDisk]
    const { session } = await world.live()
    const atMachine = machine.nextCloses()
    disk.fill()
    const pressedAtMs = performance.now()
    expect((await panel.end(operator)).status).toBe(200)
    for (const atMs of await Promise.all([atMachine.socket, atMachine.download])) expect(atMs - pressedAtMs).toBeLessThan(endsWithinMs)
    expect((await panel.state()).session).toBeNull()
    const refused = await askFor(mia)
    expect([refused.status, (refused.body as Session & { code: string }).code]).toEqual([409, 'machine_busy'])
    disk.free()
    const ended = await mia.waitForSession(session, ({ state }) => state === 'ended')
    expect(ended).toMatchObject({ end_reason: 'ended_by_operator', ended_by: operator })
    await installation.agent.stop()
    expect(integrity(join(installation.dataDir, 'agent', 'state', 'agent.db'))).toBe('ok')
    await installation.startAgent()
    await untilOnline(mia)
  }, 180_000)
})
