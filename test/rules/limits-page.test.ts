import { describe, expect, it } from 'vitest'
import { projectFiles, readProjectFile } from '../support/source-tree.ts'

const page = readProjectFile('docs/limits.md')
const rows = page.split('\n').filter((line) => line.startsWith('| ') && line.includes('.ts`'))
const figures = rows.map((row) => {
  const [, file = '', name = '', value = ''] = /`([^`]+\.ts)` `(\w+)` = `([^`]+)`/.exec(row) ?? []
  return {
    row,
    file,
    name,
    value,
    tests: [...row.slice(row.lastIndexOf('= `')).matchAll(/`([^`]+\.(?:test|contract)\.ts)`/g)].map(([, test = '']) => test),
  }
})

describe('docs/limits.md', () => {
  it('has a figure in each row', () => {
    expect(figures.length).toBeGreaterThan(40)
    expect(figures.filter(({ value }) => value === '').map(({ row }) => row)).toEqual([])
  })

  it('says what the code says', () => {
    const wrong = figures.filter(({ file, name, value }) => {
      const literal = value.replaceAll('*', String.raw`\*`)
      return !new RegExp(String.raw`\b${name}(?: =|:) ${literal}(?![\d_*])`, 'u').test(readProjectFile(file))
    })
    expect(wrong.map(({ file, name, value }) => `${file} ${name} is not ${value}`)).toEqual([])
  })

  it('names a test for each bound', () => {
    expect(figures.filter(({ tests }) => tests.length === 0).map(({ row }) => row)).toEqual([])
  })

  it('names tests that exist', () => {
    const files = new Set(projectFiles())
    expect(figures.flatMap(({ tests }) => tests).filter((test) => !files.has(test))).toEqual([])
  })
})
