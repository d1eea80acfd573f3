import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Browser } from 'playwright-core'
import { chromium } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/**
 * The browser of this machine: `SALLYPORT_CHROMIUM`, or the first one on the path. `onLoopback`: names that lead to this machine; `flags`: what else it is told.
 */
export function launchChromium(onLoopback: readonly string[] = [], flags: readonly string[] = []): Promise<Browser> {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
  const executablePath = process.env['SALLYPORT_CHROMIUM'] ?? found
  if (executablePath === undefined)
    throw new Error('No Chromium is on the path. Install it (Debian: apt-get install chromium) or set SALLYPORT_CHROMIUM.')
  const rules = [...onLoopback.map((name) => `MAP ${name} 127.0.0.1`), 'MAP *.example.test ~NOTFOUND']
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', `--host-resolver-rules=${rules.join(',')}`, ...flags],
  })
}
