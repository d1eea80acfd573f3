import { dirname } from 'node:path'
import { describe, expect, it } from 'vitest'
import { isTest, projectFiles, readProjectFile, sourceFiles } from '../support/source-tree.ts'

const TOP_LEVEL = [
  ...'package.json package-lock.json tsconfig.json README.md LICENSE SECURITY.md CHANGELOG.md'.split(' '),
  ...'gateway policies idp agent admin-ui test docs deploy'.split(' '),
]
const MOST_LINES = 300
const MOST_LINES_OF_TESTS = 500

/** Files that are longer, each with its reason. */
const LONGER: Readonly<Record<string, string>> = {}

const FILES = projectFiles()

describe('the rooms of the house', () => {
  it('are the only things on the top level, beside dot files', () => {
    const names = new Set(FILES.map((file) => file.split('/')[0] ?? ''))
    expect([...names].filter((name) => !name.startsWith('.') && !TOP_LEVEL.includes(name))).toEqual([])
  })

  it('each say in a README what they are', () => {
    const rooms = new Set(
      sourceFiles()
        .filter((file) => !isTest(file) || file.startsWith('test/'))
        .map(roomFolder)
        .filter((room) => room !== undefined),
    )
    expect([...rooms].filter((room) => !FILES.includes(`${room}/README.md`))).toEqual([])
  })

  it('have no drawers for everything', () => {
    const drawer = /(^|\/)(utils?|helpers?|common|misc|shared)(\/|\.tsx?$)/u
    expect(sourceFiles().filter((file) => drawer.test(file))).toEqual([])
  })

  it(`hold files of at most ${MOST_LINES} lines: what two things is a longer one?`, () => {
    const lengths = sourceFiles().map((file) => ({ file, lines: readProjectFile(file).split('\n').length - 1 }))
    const long = lengths.filter(
      ({ file, lines }) => lines > (isTest(file) ? MOST_LINES_OF_TESTS : MOST_LINES) && LONGER[file] === undefined,
    )
    expect(long.map(({ file, lines }) => `${file}: ${lines} lines`)).toEqual([])
  })

  it('keep the tests of a whole agent in agent/whole: at its top lie only those of the files there', () => {
    const atTop = FILES.filter((file) => /^agent\/[^/]+\.test\.ts$/u.test(file))
    expect(atTop.filter((file) => !FILES.includes(file.replace('.test.ts', '.ts')))).toEqual([])
  })

  it('allow a longer file only while it is longer', () => {
    expect(Object.keys(LONGER).filter((file) => !FILES.includes(file) || readProjectFile(file).split('\n').length <= MOST_LINES)).toEqual(
      [],
    )
  })
})

/** A room is a program's folder, and each folder right below the gateway and the agent. */
function roomFolder(file: string): string | undefined {
  const parts = dirname(file).split('/')
  const [top = ''] = parts
  if (top === '.') return undefined
  return ['gateway', 'agent'].includes(top) ? parts.slice(0, 2).join('/') : top
}
