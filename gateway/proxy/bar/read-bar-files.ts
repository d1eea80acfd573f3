import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'

export interface BarFile {
  readonly type: string
  readonly body: Buffer
}

/** The built page: `index.html`, and by its path what it loads, whose names carry digests. */
export interface BarFiles {
  readonly page: Buffer
  readonly assets: ReadonlyMap<string, BarFile>
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** A few small files, kept in memory. Rejects where they are not built. */
export async function readBarFiles(directory: string): Promise<BarFiles> {
  const page = await readFile(join(directory, 'index.html'))
  const names = (await readdir(join(directory, 'assets'))).filter((name) => types[extname(name)] !== undefined)
  const files = await Promise.all(
    names.map(async (name) => {
      const file = { type: types[extname(name)]!, body: await readFile(join(directory, 'assets', name)) }
      return [`/assets/${name}`, file] as const
    }),
  )
  return { page, assets: new Map(files) }
}
