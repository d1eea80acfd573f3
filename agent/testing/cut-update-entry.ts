// An update from the package to the launcher's answer, in a process that is killed at the Nth change of the disk: node cut-update-entry.ts STATE PACKAGE N KEY KEY KEY
import fs from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { syncBuiltinESMExports } from 'node:module'
import { launchUpdated } from './launch-updated.ts'
import { installPackage, verifyPackage } from '../updates/install-package.ts'
import { offerPackage } from '../updates/offer-package.ts'
import { readTrust } from '../updates/pinned-keys.ts'
import { offeredFile } from '../updates/versions-record.ts'

const [stateDir = '', path = '', at = '0', ...keys] = process.argv.slice(2)
let changes = 0
const isCut = (): boolean => (changes += 1) === Number(at)
const cut = (): never => {
  process.kill(process.pid, 'SIGKILL')
  // The signal is delivered before the call returns; nothing after it happens.
  for (;;);
}

for (const name of ['rename', 'rm', 'mkdir', 'open'] as const) {
  const real = fs[name] as (...args: unknown[]) => Promise<unknown>
  Object.assign(fs, { [name]: (...args: unknown[]) => (isCut() ? cut() : real(...args)) })
}
const handle = await fs.open(process.execPath, 'r')
const prototype = Object.getPrototypeOf(handle) as FileHandle
for (const name of ['write', 'writeFile', 'sync', 'chmod'] as const) {
  const real = prototype[name] as (...args: unknown[]) => Promise<unknown>
  Object.assign(prototype, {
    [name](this: FileHandle, ...args: unknown[]) {
      if (!isCut()) return real.apply(this, args)
      // Half of what was to be written is there.
      const [data] = args
      if (typeof data === 'string' || Buffer.isBuffer(data)) {
        return (name === 'write' ? real.call(this, data.slice(0, data.length / 2)) : real.call(this, data.slice(0, data.length / 2))).then(
          cut,
        )
      }
      return cut()
    },
  })
}
await handle.close()
syncBuiltinESMExports()
changes = 0

const trust = readTrust(keys)
const machine = { trust, running: '1.0.0', floor: null, nowMs: 0 }
await offerPackage(path, stateDir, machine)
const offered = await verifyPackage(offeredFile(stateDir), machine)
await installPackage(offered, { stateDir, trust, from: '1.0.0', by: 'Olga', withinS: 60, isFree: () => true })
const next = await launchUpdated(stateDir, trust)
process.stdout.write(`${JSON.stringify({ next, changes })}\n`)
