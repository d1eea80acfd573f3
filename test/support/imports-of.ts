import { posix } from 'node:path'
import { readProjectFile } from './source-tree.ts'

export interface Import {
  /** As written: `./a.ts`, `node:fs`, `zod/v4`. */
  readonly specifier: string
  /** Ours, relative to the project, where the specifier is relative. */
  readonly path: string | undefined
  /** The package's name, where it is somebody else's; `node:` for Node's own modules. */
  readonly from: string | undefined
  /** Gone at run time. */
  readonly typeOnly: boolean
}

const STATEMENT = /^[ \t]*(?:import|export)\s+(type\s+)?[^'"`;=()]*?from\s*['"]([^'"]+)['"]/gmu
const BARE = /^[ \t]*import\s*['"]([^'"]+)['"]/gmu
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/gu

/** What a source file imports, as it is written there. */
export function importsOf(file: string): readonly Import[] {
  const text = readProjectFile(file).replaceAll(/^\s*(?:\/\/|\*|\/\*).*$/gmu, '')
  return [
    ...Array.from(text.matchAll(STATEMENT), ([, type, specifier = '']) => describeImport(file, specifier, type !== undefined)),
    ...Array.from(text.matchAll(BARE), ([, specifier = '']) => describeImport(file, specifier, false)),
    ...Array.from(text.matchAll(DYNAMIC), ([, specifier = '']) => describeImport(file, specifier, false)),
  ]
}

function describeImport(file: string, specifier: string, typeOnly: boolean): Import {
  if (specifier.startsWith('.')) {
    return { specifier, typeOnly, path: posix.join(posix.dirname(file), specifier.replace(/\?.*$/u, '')), from: undefined }
  }
  if (specifier.startsWith('node:')) return { specifier, typeOnly, path: undefined, from: 'node:' }
  const parts = specifier.split('/')
  return { specifier, typeOnly, path: undefined, from: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/') }
}
