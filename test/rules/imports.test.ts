import { describe, expect, it } from 'vitest'
import { importsOf } from '../support/imports-of.ts'
import { isTest, sourceFiles } from '../support/source-tree.ts'
import { PACKAGES, WALLS } from './walls.ts'

const SOURCES = sourceFiles().filter((file) => !isTest(file))

/** Whether `path` is `place` (a folder, or a file with or without its extension) or lies in it. */
function isIn(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`) || path.startsWith(`${place}.`)
}

function roomOf(file: string) {
  const rooms = WALLS.filter(({ room }) => isIn(file, room))
  return rooms.toSorted((a, b) => b.room.length - a.room.length)[0]
}

function packagesImportedBy(file: string): readonly string[] {
  return importsOf(file).flatMap(({ from }) => (from === undefined || from === 'node:' ? [] : [from]))
}

describe('the walls of the house', () => {
  it('give every source file a room', () => {
    expect(SOURCES.filter((file) => roomOf(file) === undefined)).toEqual([])
  })

  it('let a room import only its own files and the rooms that it may know', () => {
    const breaches = SOURCES.flatMap((file) => {
      const wall = roomOf(file)
      if (wall === undefined) return []
      const strangers = importsOf(file).flatMap(({ path, typeOnly }) => {
        const known = [wall.room, ...wall.may, ...(typeOnly ? (wall.mayNameTypesOf ?? []) : [])]
        return path === undefined || known.some((place) => isIn(path, place)) ? [] : [path]
      })
      return strangers.map((path) => `${file} imports ${path}, but ${wall.room} may not: ${wall.why}.`)
    })
    expect(breaches).toEqual([])
  })

  it('let the agent import nothing but Node and itself', () => {
    const breaches = SOURCES.filter((file) => isIn(file, 'agent')).flatMap((file) =>
      packagesImportedBy(file).map((name) => `${file} imports ${name}: the agent ships alone, without any package.`),
    )
    expect(breaches).toEqual([])
  })

  it('keep the bootstrap free of packages', () => {
    const breaches = SOURCES.filter((file) => isIn(file, 'deploy/setup')).flatMap((file) =>
      packagesImportedBy(file).map((name) => `${file} imports ${name}: it runs before any package is installed.`),
    )
    expect(breaches).toEqual([])
  })

  it("let each of other people's packages be imported in few places only", () => {
    const breaches = SOURCES.flatMap((file) =>
      packagesImportedBy(file).flatMap((name) => {
        const places = PACKAGES[name]
        if (places === undefined) return [`${file} imports ${name}, which has no line in test/rules/walls.ts: say there who may import it.`]
        if (places.some((place) => isIn(file, place))) return []
        return [
          `${file} imports ${name}, which only ${places.join(', ')} may: fewer importers, easier to exchange. Use what those rooms export.`,
        ]
      }),
    )
    expect(breaches).toEqual([])
  })

  it('let the pages take only code that runs in a browser from the other programs', () => {
    expect(reachedByPages().flatMap((file) => nodeOnly(file))).toEqual([])
  })
})

/** Files outside admin-ui whose code ends up in the pages. */
function reachedByPages(): readonly string[] {
  const reached = new Set(SOURCES.filter((file) => isIn(file, 'admin-ui') && !file.endsWith('vite.config.ts')))
  for (const file of reached) {
    for (const { path, typeOnly } of importsOf(file)) {
      if (path !== undefined && !typeOnly && SOURCES.includes(path)) reached.add(path)
    }
  }
  return [...reached]
}

function nodeOnly(file: string): readonly string[] {
  return importsOf(file)
    .filter(({ from, typeOnly }) => from === 'node:' && !typeOnly)
    .map(({ specifier }) => `${file} ends up in the pages and imports ${specifier}: browsers have no Node.`)
}
