import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { findOpa } from '../../../gateway/policies-admin/find-opa.ts'
import { policyFiles } from '../../../gateway/policies-admin/policy-files.ts'
import { freePorts } from '../processes/listen.ts'

/** `opa run --server` with the sources of the same policy; null where there is no opa. */
export async function startOpa(): Promise<({ readonly port: number } & AsyncDisposable) | null> {
  const opa = opaHere()
  if (opa === null) return null
  const dir = fileURLToPath(new URL('../../../policies', import.meta.url))
  const { sources, data } = policyFiles(dir)
  const [port = 0] = await freePorts(1)
  const args = ['run', '-s', '--addr', `127.0.0.1:${port}`, '--log-level', 'error', '--disable-telemetry', ...sources, ...data]
  const child = spawn(opa, args, { cwd: dir, stdio: 'ignore' })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  await untilHealthy(port)
  return {
    port,
    async [Symbol.asyncDispose]() {
      child.kill('SIGTERM')
      await ended
    },
  }
}

function opaHere(): string | null {
  try {
    return findOpa({ environment: process.env, projectDir: fileURLToPath(new URL('../../..', import.meta.url)) })
  } catch {
    return null
  }
}

async function untilHealthy(port: number): Promise<void> {
  for (let left = 200; ; left -= 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null)
    if (answer?.ok === true) return
    if (left === 0) throw new Error('opa did not start')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
