import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The project's folder. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url))

/** Every file that is or could be committed, relative to the project, with forward slashes. */
export function projectFiles(): readonly string[] {
  const args = ['ls-files', '--cached', '--others', '--exclude-standard', '-z']
  const listed = execFileSync('git', args, { cwd: projectRoot, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
  return [...new Set(listed.split('\0'))].filter((path) => path !== '' && existsSync(join(projectRoot, path))).toSorted()
}

/** Our own TypeScript: no declarations, no foreign machines of the tests. */
export function sourceFiles(): readonly string[] {
  return projectFiles().filter((path) => /\.tsx?$/u.test(path) && !path.endsWith('.d.ts') && !path.startsWith('test/machines/'))
}

export function isTest(path: string): boolean {
  return /\.(test|bench|contract)\.tsx?$/u.test(path) || /(^|\/)(test|testing|test-support)\/|^admin-ui\/dev\//u.test(path)
}

export function readProjectFile(path: string): string {
  return readFileSync(join(projectRoot, path), 'utf8')
}
