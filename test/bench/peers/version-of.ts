import { spawnSync } from 'node:child_process'

/** What a program says of its version, from the first line that has one: `2.6.12-1+deb12u3`. */
export function versionOf(program: string, ...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' })
  return /\d+\.\d+[\w.+~-]*/.exec(`${stdout}${stderr}`)?.[0] ?? 'unknown version'
}
