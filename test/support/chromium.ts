import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import type { Browser } from 'playwright-core'
import { chromium } from 'playwright-core'

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

/** The browser of this machine: `SALLYPORT_CHROMIUM`, or the first one on the path. */
export function launchChromium(): Promise<Browser> {
  const folders = (process.env['PATH'] ?? '').split(delimiter)
  const found = names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path))
  const executablePath = process.env['SALLYPORT_CHROMIUM'] ?? found
  if (executablePath === undefined)
    throw new Error('No Chromium is on the path. Install it (Debian: apt-get install chromium) or set SALLYPORT_CHROMIUM.')
  return chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-quic', '--disable-background-networking', '--host-resolver-rules=MAP *.example.test ~NOTFOUND'],
  })
}
