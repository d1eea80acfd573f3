import { createHash } from 'node:crypto'
import { packageAt, type LockedPackages } from './locked-packages.ts'

/** The programs of a release and the packages that their sources import; the pages' are bundled into their files. */
export type Programs = Readonly<Record<'gateway' | 'idp' | 'agent' | 'pages', readonly string[]>>

export interface SbomOptions {
  readonly project: {
    readonly name: string
    readonly version: string
    readonly description: string
    readonly license: string
    readonly sallyport: { readonly opa: string }
    readonly dependencies: Readonly<Record<string, string>>
  }
  readonly lock: { readonly packages: LockedPackages }
  readonly programs: Programs
}

interface Component {
  readonly type: 'application' | 'library' | 'platform'
  readonly 'bom-ref': string
  readonly name: string
  readonly [member: string]: unknown
}

/**
 * What a release is made of: CycloneDX 1.6 (ECMA-424). The same sources give the same bytes, so it has neither a time nor a random number. Tools that only
 * build and test are not in it; of optional packages those for every platform are.
 */
export function sbom({ project, lock, programs }: SbomOptions): object {
  const { name, version, description, license } = project
  const ours = { version, licenses: licensesOf(license) }
  const root: Component = { type: 'application', 'bom-ref': name, name, ...ours, description, purl: `pkg:npm/${name}@${version}` }
  const parts = Object.keys(programs).map((part): Component => ({
    type: 'application',
    'bom-ref': `${name}/${part}`,
    name: `${name}-${part}`,
    ...ours,
  }))
  const opa: Component = {
    type: 'application',
    'bom-ref': 'opa',
    name: 'opa',
    version: project.sallyport.opa,
    description: 'Compiles policies. Not in the release: whoever changes policies installs it.',
    scope: 'optional',
    licenses: licensesOf('Apache-2.0'),
    purl: `pkg:golang/github.com/open-policy-agent/opa@v${project.sallyport.opa}`,
  }
  const node: Component = {
    type: 'platform',
    'bom-ref': 'node.js',
    name: 'node',
    version: project.dependencies['node'],
    description: 'Runs gateway, identity provider and agent.',
    licenses: licensesOf('MIT'),
    cpe: `cpe:2.3:a:nodejs:node.js:${project.dependencies['node']}:*:*:*:*:*:*:*`,
  }
  const packages = reachable(lock.packages, [...Object.values(programs).flat(), ...Object.keys(project.dependencies)])
  const components = [...parts, node, opa, ...[...packages.values()].map(({ component }) => component)]
  const refsOf = (names: readonly string[]): string[] =>
    [...new Set(names.map((each) => refAt(lock.packages, packageAt(lock.packages, '', each)!)))].toSorted()
  const dependencies = [
    {
      ref: root['bom-ref'],
      dependsOn: [...parts.map((part) => part['bom-ref']), opa['bom-ref'], ...refsOf(Object.keys(project.dependencies))],
    },
    ...Object.entries(programs).map(([part, names]) => ({
      ref: `${name}/${part}`,
      dependsOn: [...(part === 'pages' ? [] : [node['bom-ref']]), ...refsOf(names)],
    })),
    ...[...packages].map(([ref, { dependsOn }]) => ({ ref, dependsOn })),
  ]
  const tools = { components: [{ type: 'application', name: 'npm run sbom', version }] }
  const content = { metadata: { tools, component: root }, components, dependencies }
  return { bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: serialOf(content), version: 1, ...content }
}

/** Every package that these lead to, by its reference. */
function reachable(packages: LockedPackages, names: readonly string[]) {
  const found = new Map<string, { readonly component: Component; readonly dependsOn: readonly string[] }>()
  const visit = (path: string): string => {
    const ref = refAt(packages, path)
    if (found.has(ref)) return ref
    const dependsOn: string[] = []
    found.set(ref, { component: componentAt(packages, path), dependsOn })
    const { dependencies = {}, optionalDependencies = {}, peerDependencies = {} } = packages[path]!
    for (const name of Object.keys({ ...dependencies, ...optionalDependencies, ...peerDependencies })) {
      const at = packageAt(packages, path, name)
      if (at !== undefined) dependsOn.push(visit(at))
    }
    dependsOn.splice(0, Infinity, ...[...new Set(dependsOn)].toSorted())
    return ref
  }
  for (const name of names) {
    const at = packageAt(packages, '', name)
    if (at === undefined) throw new Error(`${name} is imported and not in the lock file.`)
    visit(at)
  }
  return new Map([...found].toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

const nameAt = (path: string): string => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
const refAt = (packages: LockedPackages, path: string): string =>
  `pkg:npm/${nameAt(path).replace('@', '%40')}@${packages[path]!.version ?? ''}`

function componentAt(packages: LockedPackages, path: string): Component {
  const { version, integrity, license, optional } = packages[path]!
  const [algorithm = '', digest = ''] = (integrity ?? '').split('-')
  const ref = refAt(packages, path)
  return {
    type: 'library',
    'bom-ref': ref,
    name: nameAt(path),
    version,
    scope: optional === true ? 'optional' : 'required',
    hashes: [{ alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(digest, 'base64').toString('hex') }],
    licenses: licensesOf(license),
    purl: ref,
  }
}

/** An identifier of SPDX, or an expression of several. */
function licensesOf(license: string | undefined): readonly object[] {
  if (license === undefined) return []
  return /[ (]/.test(license) ? [{ expression: license }] : [{ license: { id: license } }]
}

/** A UUID of its content (RFC 9562, section 5.8). */
function serialOf(content: object): string {
  const bytes = createHash('sha256').update(JSON.stringify(content)).digest().subarray(0, 16)
  bytes[6] = (bytes[6]! & 0x0f) | 0x80
  bytes[8] = (bytes[8]! & 0x3f) | 0x80
  return `urn:uuid:${bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')}`
}
