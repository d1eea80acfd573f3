import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Builds the pages as they ship into a folder of its own, in a process of its own (a test runner's NODE_ENV would give React's slow half). */
export const buildPages = async (): Promise<{
  readonly portal: string
  readonly panel: string
  readonly mirror: string
  remove(): Promise<void>
}> => {
  const dir = await mkdtemp(join(tmpdir(), 'sallyport-pages-'))
  const env = { ...process.env, NODE_ENV: 'production', SALLYPORT_PAGES_DIR: dir }
  await promisify(execFile)(
    process.execPath,
    ['node_modules/vite/bin/vite.js', 'build', '--config', 'admin-ui/vite.config.ts', '--logLevel', 'warn'],
    { cwd: root, env },
  )
  return {
    portal: join(dir, 'portal'),
    panel: join(dir, 'panel'),
    mirror: join(dir, 'mirror'),
    remove: () => rm(dir, { recursive: true, force: true }),
  }
}
