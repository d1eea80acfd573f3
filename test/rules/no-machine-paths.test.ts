import { expect, it } from 'vitest'
import { projectFiles, readProjectFile } from '../support/source-tree.ts'

const TEXT = /\.(ts|tsx|mjs|js|json|md|css|html|rego|service|yml|yaml|sh|txt|svg)$|(^|\/)[^.]+$/u
const NOT_OURS = /^(LICENSE|test\/machines\/.*\/package-lock\.json)$/u

/** Where somebody's own machine or mirror shows. */
const TRACES: readonly (readonly [RegExp, string])[] = [
  [/(?<![\w./-])\/(?:home|Users)\/[a-z][\w-]*\//u, "a path of somebody's home"],
  [/(?<![\w./-])\/(?:work|root|mnt)\/[\w.-]+/u, 'an absolute path of one machine'],
  [/[A-Z]:\\Users\\/u, 'an absolute path of one machine'],
  [/"resolved":\s*"https?:/u, 'an address of a package registry in a lock file: set omit-lockfile-registry-resolved'],
  [/registry\.npmjs\.org|registry\.yarnpkg\.com|npm\.pkg\.github\.com|\bartifactory\b|\bverdaccio\b/u, 'the host of a package registry'],
]

it('no file names a path of one machine or the host of a package registry', () => {
  const files = projectFiles().filter((file) => TEXT.test(file) && !NOT_OURS.test(file) && file !== 'test/rules/no-machine-paths.test.ts')
  const found = files.flatMap((file) => {
    const text = readProjectFile(file)
    return TRACES.flatMap(([pattern, what]) => {
      const match = pattern.exec(text)
      return match === null ? [] : [`${file}:${text.slice(0, match.index).split('\n').length} holds ${what}: ${match[0]}`]
    })
  })
  expect(found).toEqual([])
})
