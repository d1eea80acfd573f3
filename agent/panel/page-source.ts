import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { getRawAsset } from 'node:sea'

/** The content of a built page, by its path in a URL that has been checked: `/index.html`. Rejects where there is none. */
export type PageSource = (path: string) => Promise<Buffer>

/** Pages of the panel, or of the mirror beside it, in a folder; null: inside of the single executable (deploy/agent/build-agent.ts). */
export function pageSource(pagesDir: string | null, set: 'panel' | 'mirror'): PageSource {
  if (pagesDir === null) return async (path) => Buffer.from(getRawAsset(`${set}${path}`))
  const folder = set === 'panel' ? pagesDir : resolve(pagesDir, '../mirror')
  return (path) => readFile(join(folder, path))
}
