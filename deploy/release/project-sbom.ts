import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { listFiles } from '../setup/digest-files.mjs'
import { sbom, type Programs } from './sbom.ts'

/** Packages that a statement `import ... from 'package'` names; those of types alone are gone at run time. */
const STATEMENT = /^[ \t]*(?:import|export)\s+(?!type\s)(?:[^'"`;=()]*?from\s*)?['"]([^'".][^'"]*)['"]/gmu

/** Each program's folder, without tests and without what only builds it. */
const PROGRAMS = { gateway: 'gateway', idp: 'idp', agent: 'agent', pages: 'admin-ui' } as const
const notShipped = /\.test\.tsx?$|\.contract\.ts$|\/(?:testing|test-support)\/|^admin-ui\/(?:dev\/|vite)/u

/** The bill of materials of the project in this folder, as text. */
export function projectSbom(root: string): string {
  const read = (file: string): string => readFileSync(join(root, file), 'utf8')
  const imports = (folder: string): string[] => {
    const files = listFiles(root, folder).filter((file) => /\.tsx?$/u.test(file) && !notShipped.test(file))
    const names = files.flatMap((file) => Array.from(read(file).matchAll(STATEMENT), ([, specifier = '']) => specifier))
    const parts = names.filter((name) => !name.startsWith('node:')).map((name) => name.split('/'))
    return [...new Set(parts.map((each) => each.slice(0, each[0]?.startsWith('@') === true ? 2 : 1).join('/')))].toSorted()
  }
  const programs = Object.fromEntries(Object.entries(PROGRAMS).map(([name, folder]) => [name, imports(folder)])) as unknown as Programs
  const project = JSON.parse(read('package.json'))
  return `${JSON.stringify(sbom({ project, lock: JSON.parse(read('package-lock.json')), programs }), null, 2)}\n`
}
