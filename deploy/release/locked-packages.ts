/** `packages` of a lock file (lockfileVersion 3), by path. */
export type LockedPackages = Readonly<Record<string, LockedPackage>>

interface LockedPackage {
  readonly version?: string
  readonly integrity?: string
  readonly license?: string
  readonly optional?: boolean
  readonly dependencies?: Readonly<Record<string, string>>
  readonly optionalDependencies?: Readonly<Record<string, string>>
  readonly peerDependencies?: Readonly<Record<string, string>>
}

/** Where a package finds another one: in its own folder, then further out. */
export function packageAt(packages: LockedPackages, from: string, name: string): string | undefined {
  const own = `${from === '' ? '' : `${from}/`}node_modules/${name}`
  if (packages[own] !== undefined) return own
  if (from === '') return undefined
  const outer = from.lastIndexOf('/node_modules/')
  return packageAt(packages, outer < 0 ? '' : from.slice(0, outer), name)
}
