/** What a release says of itself and of the packages that it needs at run time. */
export interface ReleaseManifest {
  readonly packageJson: object
  readonly shrinkwrap: object
}

interface ProjectPackage {
  readonly name: string
  readonly version: string
  readonly description: string
  readonly license: string
  readonly engines: object
  readonly dependencies: Readonly<Record<string, string>>
}

interface LockFile {
  readonly packages: Readonly<Record<string, { readonly version?: string; readonly dev?: boolean }>>
}

const BIN = {
  sallyport: 'deploy/release/sallyport.mjs',
  'sallyport-agent': 'deploy/release/sallyport-agent.mjs',
  'sallyport-idp': 'deploy/release/sallyport-idp.mjs',
}

/** Leaves out what only building and testing need; what stays is pinned to the bytes of the project's lock file. */
export function releaseManifest(project: ProjectPackage, lock: LockFile): ReleaseManifest {
  const { name, version, description, license, engines, dependencies } = project
  const root = { name, version, license, engines, dependencies, bin: BIN }
  const atRunTime = Object.entries(lock.packages).filter(([path, entry]) => path !== '' && entry.dev !== true)
  return {
    packageJson: { name, version, description, license, private: true, type: 'module', engines, bin: BIN, dependencies },
    shrinkwrap: { name, version, lockfileVersion: 3, requires: true, packages: Object.fromEntries([['', root], ...atRunTime]) },
  }
}
