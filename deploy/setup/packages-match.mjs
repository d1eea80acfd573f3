// @ts-check

/** @typedef {{ version?: string, integrity?: string, optional?: boolean, devOptional?: boolean, peer?: boolean, link?: boolean }} LockedPackage */
/** @typedef {{ packages?: Record<string, LockedPackage> }} LockFile */

/**
 * Whether what npm recorded as installed (`node_modules/.package-lock.json`) is what the lock file demands. Optional
 * packages may be absent: they are for other platforms.
 * @param {LockFile} wanted
 * @param {LockFile} installed
 */
export function packagesMatch(wanted, installed) {
  const demanded = Object.entries(wanted.packages ?? {}).filter(([path]) => path !== '')
  const present = installed.packages ?? {}
  const known = new Set(demanded.map(([path]) => path))
  return demanded.every(([path, entry]) => isPresent(entry, present[path])) && Object.keys(present).every((path) => known.has(path))
}

/**
 * @param {LockedPackage} entry
 * @param {LockedPackage | undefined} found
 */
function isPresent(entry, found) {
  if (found === undefined) return entry.optional === true || entry.devOptional === true
  return found.version === entry.version && found.integrity === entry.integrity
}
