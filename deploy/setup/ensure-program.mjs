// @ts-check
import { readdirSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { findPrograms, isProgram } from './find-program.mjs'
import { installFromDebian } from './install-from-debian.mjs'
import { SetupProblem } from './setup-problem.mjs'

/**
 * A program that the tests use and that npm does not have.
 * `folders`: where its package puts it, off most people's path.
 * @typedef {{ title: string, names: readonly string[], debian: string, variable?: string, folders?: readonly string[] }} WantedProgram
 */

/** @type {Readonly<Record<'chromium' | 'curl' | 'openssl' | 'ssh' | 'sshd' | 'psql' | 'postgres' | 'mitmdump' | 'squid' | 'nginx' | 'haproxy' | 'caddy' | 'zsh' | 'fish', WantedProgram>>} */
export const PROGRAMS = {
  chromium: {
    title: 'Chromium',
    names: ['chromium', 'chromium-browser', 'google-chrome', 'chrome'],
    debian: 'chromium',
    variable: 'SALLYPORT_CHROMIUM',
  },
  curl: { title: 'curl', names: ['curl'], debian: 'curl' },
  openssl: { title: 'OpenSSL', names: ['openssl'], debian: 'openssl' },
  ssh: { title: 'an SSH client', names: ['ssh'], debian: 'openssh-client' },
  sshd: { title: 'an SSH server', names: ['sshd'], debian: 'openssh-server', folders: ['/usr/sbin'] },
  psql: { title: 'psql', names: ['psql'], debian: 'postgresql-client' },
  postgres: { title: 'PostgreSQL', names: ['postgres'], debian: 'postgresql', folders: ['/usr/lib/postgresql/*/bin'] },
  mitmdump: { title: 'mitmproxy', names: ['mitmdump'], debian: 'mitmproxy' },
  squid: { title: 'Squid with OpenSSL', names: ['squid'], debian: 'squid-openssl', folders: ['/usr/sbin'] },
  nginx: { title: 'nginx', names: ['nginx'], debian: 'nginx-light', folders: ['/usr/sbin'] },
  haproxy: { title: 'HAProxy', names: ['haproxy'], debian: 'haproxy', folders: ['/usr/sbin'] },
  caddy: { title: 'Caddy', names: ['caddy'], debian: 'caddy' },
  zsh: { title: 'zsh', names: ['zsh'], debian: 'zsh' },
  fish: { title: 'fish', names: ['fish'], debian: 'fish' },
}

/**
 * The program that its variable names, the first one on the path, or Debian's.
 * @param {WantedProgram} wanted
 * @param {{ install?: typeof installFromDebian, env?: NodeJS.ProcessEnv }} [options]
 * @returns {Promise<string>} path of the program
 */
export async function ensureProgram(
  { title, names, debian, variable, folders = [] },
  { install = installFromDebian, env = process.env } = {},
) {
  const named = variable === undefined ? undefined : env[variable]
  if (named !== undefined && named !== '') {
    if (isProgram(named)) return named
    throw new SetupProblem(`${variable} names ${named}, which is no program: correct it or leave it away.`)
  }
  const find = () => findPrograms(names, [env['PATH'] ?? '', ...folders.flatMap((folder) => foldersLike(folder))].join(delimiter))[0]
  const found = find() ?? ((await install(debian)) ? find() : undefined)
  if (found !== undefined) return found
  const orNamed = variable === undefined ? '' : ` or name it in ${variable}`
  throw new SetupProblem(`The tests need ${title}: install it (on Debian: apt-get install ${debian})${orNamed}.`)
}

/**
 * One `*` stands for any name. Node 20 has no glob of its own.
 * @param {string} pattern
 * @returns {string[]}
 */
function foldersLike(pattern) {
  const [before = '', after] = pattern.split('*')
  if (after === undefined) return [pattern]
  try {
    return readdirSync(before).map((name) => join(before, name, after))
  } catch {
    return []
  }
}
