import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Path of an installed program, the folders of the superuser included. @throws Error that names it */
export function programHere(name: string): string {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  const found = folders.map((folder) => join(folder, name)).find((path) => existsSync(path))
  if (found === undefined) throw new Error(`${name} is not installed`)
  return found
}
