// @ts-check
import { findPrograms, isProgram } from './find-program.mjs'
import { installFromDebian } from './install-from-debian.mjs'
import { SetupProblem } from './setup-problem.mjs'

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'chrome']

/**
 * The browser of the journeys: the one that `SALLYPORT_CHROMIUM` names, one on the path, or Debian's.
 * @param {{ install?: typeof installFromDebian, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} path of the program
 */
export async function ensureChromium({ install = installFromDebian, env = process.env } = {}) {
  const named = env['SALLYPORT_CHROMIUM']
  if (named !== undefined && named !== '') {
    if (isProgram(named)) return named
    throw new SetupProblem(`SALLYPORT_CHROMIUM names ${named}, which is no program: correct it or leave it away.`)
  }
  const [found] = findPrograms(NAMES, env['PATH'])
  if (found !== undefined) return found
  if (await install('chromium')) {
    const [installed] = findPrograms(NAMES, env['PATH'])
    if (installed !== undefined) return installed
  }
  throw new SetupProblem('The tests need Chromium: install it (on Debian: apt-get install chromium) or name it in SALLYPORT_CHROMIUM.')
}
