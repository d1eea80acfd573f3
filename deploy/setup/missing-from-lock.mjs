// @ts-check

/** @typedef {{ version: string, dev?: boolean, optional?: boolean, optionalDependencies?: Record<string, string> }} LockedPackage */

const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32']

/**
 * The entries that a lock file lacks for the optional packages of its packages: builds for other platforms.
 * @param {{ packages: Record<string, LockedPackage> }} lock
 * @returns {Record<string, LockedPackage & { os: string[], cpu: string[], libc?: string[] }>}
 */
export function missingFromLock(lock) {
  const paths = Object.keys(lock.packages)
  const wanted = Object.values(lock.packages).flatMap((owner) =>
    Object.entries(owner.optionalDependencies ?? {}).map(([name, version]) => ({ name, version, owner })),
  )
  const missing = wanted.filter(({ name }) => !paths.some((path) => path.endsWith(`node_modules/${name}`)))
  return Object.fromEntries(missing.map(({ name, version, owner }) => [`node_modules/${name}`, entryFor(name, version, owner)]))
}

/**
 * @param {string} name such as `@oxlint/binding-linux-arm-musleabihf`
 * @param {string} version
 * @param {LockedPackage} owner
 */
function entryFor(name, version, owner) {
  const parts = name.split(/[/-]/u)
  const at = parts.findIndex((part) => SYSTEMS.includes(part))
  const [os, cpu, abi] = parts.slice(at)
  if (at < 0 || os === undefined || cpu === undefined)
    throw new Error(`${name} does not name its platform: add it to package-lock.json by hand`)
  const libc = os === 'linux' && abi !== undefined ? { libc: [abi.startsWith('musl') ? 'musl' : 'glibc'] } : {}
  return { version, cpu: [cpu], ...(owner.dev === true ? { dev: true } : {}), ...libc, optional: true, os: [os] }
}
