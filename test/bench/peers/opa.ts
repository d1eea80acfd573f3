import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findOpa } from '../../../gateway/policies-admin/find-opa.ts'
import { policyFiles } from '../../../gateway/policies-admin/policy-files.ts'
import { freePorts } from '../processes/listen.ts'
import { peerPrograms } from './peer-programs.ts'
import { versionOf } from './version-of.ts'

/** `opa run --server` with the sources of the same policy; null where there is no opa. */
export async function startOpa(): Promise<({ readonly port: number; readonly version: string } & AsyncDisposable) | null> {
  const opa = opaHere()
  if (opa === null) return null
  await using parts = new AsyncDisposableStack()
  const programs = parts.use(await peerPrograms('opa'))
  const dir = fileURLToPath(new URL('../../../policies', import.meta.url))
  const { sources, data } = policyFiles(dir)
  const files = [...sources, ...data].map((file) => join(dir, file))
  const [port = 0] = await freePorts(1)
  const args = ['run', '-s', '--addr', `127.0.0.1:${port}`, '--log-level', 'error', '--disable-telemetry', ...files]
  await programs.start(opa, args, port)
  const all = parts.move()
  return { port, version: versionOf(opa, 'version'), [Symbol.asyncDispose]: () => all[Symbol.asyncDispose]() }
}

function opaHere(): string | null {
  try {
    return findOpa({ environment: process.env, projectDir: fileURLToPath(new URL('../../..', import.meta.url)) })
  } catch {
    return null
  }
}
