// @ts-check
import { findPrograms } from './find-program.mjs'
import { runQuietly } from './run-program.mjs'
import { say, sayWhile } from './say.mjs'

/**
 * Installs a Debian package where that is allowed: we are root and apt-get is there.
 * @param {string} name
 * @returns {Promise<boolean>} whether it is installed now
 */
export async function installFromDebian(name) {
  const [apt] = findPrograms(['apt-get'])
  if (apt === undefined || process.getuid?.() !== 0) return false
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return sayWhile(`installing ${name} from Debian's packages`, async () => {
    await runQuietly(apt, ['update'], { env })
    const { code, output } = await runQuietly(apt, ['install', '-y', '--no-install-recommends', name], { env })
    if (code !== 0) say(output.trim().split('\n').slice(-3).join('\n'))
    return code === 0
  })
}
