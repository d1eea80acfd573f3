// @ts-check
import { findPrograms, isProgram } from './find-program.mjs'
import { installFromDebian } from './install-from-debian.mjs'
import { SetupProblem } from './setup-problem.mjs'

/**
 * A program that the tests use and that npm does not have.
 * @typedef {{ title: string, names: readonly string[], debian: string, variable?: string }} WantedProgram
 */

/** @type {Readonly<Record<'chromium' | 'curl' | 'openssl', WantedProgram>>} */
export const PROGRAMS = {
  chromium: {
    title: 'Chromium',
    names: ['chromium', 'chromium-browser', 'google-chrome', 'chrome'],
    debian: 'chromium',
    variable: 'SALLYPORT_CHROMIUM',
  },
  curl: { title: 'curl', names: ['curl'], debian: 'curl' },
  openssl: { title: 'OpenSSL', names: ['openssl'], debian: 'openssl' },
}

/**
 * The program that its variable names, the first one on the path, or Debian's.
 * @param {WantedProgram} wanted
 * @param {{ install?: typeof installFromDebian, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} path of the program
 */
export async function ensureProgram({ title, names, debian, variable }, { install = installFromDebian, env = process.env } = {}) {
  const named = variable === undefined ? undefined : env[variable]
  if (named !== undefined && named !== '') {
    if (isProgram(named)) return named
    throw new SetupProblem(`${variable} names ${named}, which is no program: correct it or leave it away.`)
  }
  const found = findPrograms(names, env['PATH'])[0] ?? ((await install(debian)) ? findPrograms(names, env['PATH'])[0] : undefined)
  if (found !== undefined) return found
  const orNamed = variable === undefined ? '' : ` or name it in ${variable}`
  throw new SetupProblem(`The tests need ${title}: install it (on Debian: apt-get install ${debian})${orNamed}.`)
}
